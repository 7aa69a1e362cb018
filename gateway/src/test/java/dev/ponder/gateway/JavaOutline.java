package dev.ponder.gateway;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What the compiler's own parser sees in source files: methods with their length, and types. */
final class JavaOutline extends TreePathScanner<Void, CompilationUnitTree> {

  /** A method from its modifiers to its closing brace. */
  record Method(Path file, String name, long line, long lines) {}

  /** A public type that no other type encloses. */
  record PublicType(Path file, String name, boolean hasJavadoc) {}

  private final List<Method> methods = new ArrayList<>();
  private final List<PublicType> publicTypes = new ArrayList<>();
  private final Trees trees;
  private final SourcePositions positions;

  private JavaOutline(Trees trees) {
    this.trees = trees;
    this.positions = trees.getSourcePositions();
  }

  /** Parses, and only parses: nothing is resolved, so no classpath is needed. */
  static JavaOutline of(List<Path> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(files));
      JavaOutline outline = new JavaOutline(Trees.instance(task));
      for (CompilationUnitTree unit : task.parse()) {
        outline.scan(unit, unit);
      }
      return outline;
    }
  }

  List<Method> methods() {
    return methods;
  }

  List<PublicType> publicTypes() {
    return publicTypes;
  }

  @Override
  public Void visitMethod(MethodTree method, CompilationUnitTree unit) {
    long start = line(unit, positions.getStartPosition(unit, method));
    long end = line(unit, positions.getEndPosition(unit, method));
    methods.add(new Method(file(unit), method.getName().toString(), start, end - start + 1));
    return super.visitMethod(method, unit);
  }

  @Override
  public Void visitClass(ClassTree type, CompilationUnitTree unit) {
    TreePath parent = getCurrentPath().getParentPath();
    if (parent.getLeaf() instanceof CompilationUnitTree
        && type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
      String comment = trees.getDocComment(getCurrentPath());
      boolean hasJavadoc = comment != null && !comment.isBlank();
      publicTypes.add(new PublicType(file(unit), type.getSimpleName().toString(), hasJavadoc));
    }
    return super.visitClass(type, unit);
  }

  private static long line(CompilationUnitTree unit, long position) {
    return unit.getLineMap().getLineNumber(position);
  }

  private static Path file(CompilationUnitTree unit) {
    return Path.of(unit.getSourceFile().toUri());
  }
}
