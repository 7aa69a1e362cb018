package dev.ponder.classify;

/**
 * Short lists of words that say what kind of thinking a text asks for, in several languages. Words
 * are looked up by hash, so that reading a prompt allocates nothing.
 *
 * <p>Some families exist to be ignored: phrases about the form of the answer ({@link #FORMAT},
 * {@link #REPLY}, {@link #ONLY}), appeals to think hard ({@link #APPEAL}) and {@link #THANKS}.
 * Anybody can append them to small talk, so a sentence made of them does not count.
 */
final class WordFamilies {

  static final int CONSTRAINT = 0;
  static final int CONDITION = 1;
  static final int EXTREME = 2;
  static final int STATE = 3;
  static final int NUMBER = 4;
  static final int ALGEBRA = 5;
  static final int PROOF = 6;
  static final int CODE = 7;
  static final int PUZZLE = 8;
  static final int WRITING = 9;
  static final int READING = 10;
  static final int HOUSEKEEPING = 11;

  /** Families below this one are counted; those from here on only mark a sentence. */
  static final int COUNTED = 12;

  static final int FORMAT = 12;
  static final int REPLY = 13;
  static final int ONLY = 14;
  static final int APPEAL = 15;
  static final int THANKS = 16;
  static final int SOLVING = 17;

  /** What a text is called that is to be solved. */
  static final int TASK = 18;

  /** Families that say that something is to be solved: what stands beside them is what. */
  static final int TO_SOLVE =
      1 << EXTREME
          | 1 << NUMBER
          | 1 << ALGEBRA
          | 1 << PROOF
          | 1 << CODE
          | 1 << PUZZLE
          | 1 << SOLVING;

  /** Families that speak of a task, which may be a text near by, or of a goal to be reached. */
  static final int OF_TASK = 1 << TASK | 1 << STATE | TO_SOLVE;

  /** Families of which at least one is in a request that is no question. */
  static final int REQUEST = 1 << WRITING | 1 << READING | OF_TASK;

  private static final int FAMILIES = 19;
  private static final int SLOTS = 4096;
  private static final int FILTER_BITS = 32768;

  /** The words of each family, at its number. */
  private static final String[] WORDS = {
    // CONSTRAINT
    """
    exactly least most cannot distinct different adjacent consecutive neither nor without
    never must same except unique satisfy satisfies satisfying constraint constraints rule
    rules restriction restrictions allowed forbidden simultaneously respectively every
    genau mindestens höchstens verschiedene ohne niemals muss jeder regeln regel bedingung
    exactement moins sans jamais doit chaque règles règle contrainte contraintes différents
    exactamente menos sin nunca debe cada reglas regla restricciones distintos diferentes
    exatamente sem deve regras regra restrições esattamente senza deve ogni regole regola
    恰好 至少 至多 最多 不能 必须 不同 相邻 规则 条件 每个 ちょ 必ず 異な 隣接
    jede jedes jeden gleich gleiche verschiedenen benachbart höchstens keine darf dürfen eindeutig
    ровно каждый каждая каждого каждой нельзя никто ни без только хотя различных различные
    одинаковых
    соседние соседний рядом ограничение правило правила единственный
    任意 恰有 互不 都不 不同 不得 最多 一つ 異な すべ 必ず 禁止 高々
    dokładnie każdy różnych żaden precies elke verschillende zonder
    只能 正好 不许 不准 两两 各不 唯一 轮流 依次 相等 連続 互い 以内 隣り 重複 交互 直前 全員 ninguno ninguna ningún nadie
    consecutivos consecutivas contiguos iguales distintas cualesquiera aucun aucune chacun chacune
    consécutifs voisins interdit identiques distincts distinctes keiner niemand jeweils
    nebeneinander nenhum nenhuma iguais nessuno consecutivi uguali
    """,
    // CONDITION
    """
    if then unless otherwise else whenever suppose assume assuming given let where such
    wenn dann falls sonst angenommen gegeben si alors sinon supposons soit entonces suponga
    supongamos sea dado dada se então senão suponha seja allora supponiamo sia
    如果 假设 否则 已知 设有 もし 場合 ただ
    sei seien gilt genügt если пусть предположим тогда иначе известно дано
    假定 満た とき なら とす niech jeśli gegeven stel
    """,
    // EXTREME
    """
    minimum maximum minimize maximize minimal maximal minimise maximise shortest longest
    smallest largest fewest optimal optimum lexicographically greatest
    kleinste größte kürzeste längste minimal maximal optimale
    minimale maximale minimaux plus-court mínimo máximo mínima máxima menor mayor maior
    minimo massimo minima massima
    最小 最大 最短 最长 最少 最優 最优
    kürzesten kleinsten größten wenigsten minimum maximum minimale frühestens
    наименьшее наибольшее наименьший наибольший минимальное максимальное кратчайший минимум максимум
    最少 最大 最小 最短 最長 najmniejsza największa kleinste grootste
    最坏 最早 最晚 最快 最悪 最速 最適 óptima óptimo mínimos máximos optimaux spätestens ótima ottima
    """,
    // STATE
    """
    initial initially goal state states action actions move moves moved position positions
    target reach swap swapped rotate rotated stack stacked unstack transform transformed
    configuration path paths transition transitions jug jugs disk disks peg pegs river boat
    crossing robot plan schedule scheduled arrange arrangement
    anfangs ziel zustand zustände zug züge schritte fluss boot plan
    état but objectif déplacer coup coups rivière bateau
    estado inicial objetivo meta mover movimiento movimientos río barco
    movimento movimentos rio stato obiettivo mossa mosse fiume barca
    初始 目标 状态 移动 过河 目標 初期 状態 移動 川を
    stapel turm scheiben lampe brücke umgedreht erreichen roboter kran kisten läufer springer zügen
    переправа переправляются лодка лодке река реку робот ход ходов цель состояние состояния
    перенесите
    переложить башня дисков мост путь путей шагов маршрут график расписание дежурств
    机器 起点 终点 步数 每步 排班 值班 路线 円盤 ロボ 移す 手数 手順 経路 当番
    łódka rzeka robot ruchów boot rivier zetten
    台阶 渡河 过桥 倒水 顺序 工序 轮班 橋を 順序 順番 巡回 turnos cruzar cruzan orilla tablero repartir asignar trayecto
    ruta rutas barque traverser traversent rive trajet planning
    """,
    // NUMBER
    """
    ways integers integer prime primes divisible divisibility remainder modulo mod
    probability permutation permutations combination combinations factorial digits digit
    divisor divisors multiples parity congruent positive odd even fraction sequence sequences
    expected dice coins binary decimal
    ganze zahlen primzahl teilbar rest wahrscheinlichkeit ziffern
    entiers entier premier premiers divisible reste probabilité chiffres
    enteros entero primo primos divisible resto probabilidad dígitos cifras
    inteiros inteiro divisível probabilidade interi intero divisibile probabilità cifre
    整数 质数 素数 整除 余数 概率 排列 组合 確率 通り 余り 桁の
    teilt vielfaches rest ziffer wahrscheinlich würfel anordnungen zahl anzahl
    делится делимость остаток остатка деления простое простые простых натуральных натуральные
    целых целые
    вероятность перестановок сочетаний цифр цифра цифры числа число чисел сколькими способами кратно
    монет монета монеты
    除以 余数 因数 倍数 正整 整数 概率 多少 排法 骰子 扑克 数字
    割っ 割り 整数 正の 通り 何通 余り サイ 素数
    liczba liczb podzielna reszta sposobów getallen deelbaar kans
    几种 几次 走法 跳法 种方 随机 期望 之和 之积 平方 立方 位数 奇数 偶数 互质 约数 阶乘 期待 無作 約数 何回 何手 maneras azar aleatorio suma
    cuadrados divisores múltiplo múltiplos impar impares pares naturales combinaciones
    permutaciones urna dados façons hasard urne tirages somme carrés diviseurs impair impairs
    pairs naturels combinaisons möglichkeiten zufällig summe quadratzahl teiler ungerade kugel
    maneiras aleatório soma quadrados ímpar ímpares naturais somma quadrati dispari casuale
    """,
    // ALGEBRA
    """
    equation equations polynomial function functions triangle triangles circle matrix
    matrices root roots real angle angles radius solve simplify derivative integral compute
    evaluate expression complex coordinates plane degree sqrt frac vector vectors tangent
    perpendicular parallel inequality inequalities logarithm sin cos tan log quadratic
    hexagon polygon square rectangle area volume perimeter variables variable
    gleichung polynom funktion dreieck kreis winkel löse berechne fläche
    équation équations polynôme fonction triangle cercle angle résoudre calculer aire
    ecuación ecuaciones polinomio función triángulo círculo ángulo resolver resuelve
    equação polinômio função triângulo equazione polinomio funzione triangolo
    方程 函数 三角 圆的 矩阵 求解 関数 行列 面積
    bestimme lösungen reellen nullstellen polynom gerade kreises seiten radius
    уравнение уравнения функции функция треугольник треугольника окружности радиус площадь решите
    найдите
    корней корня корень неравенство сумма произведение последовательность
    方程 整数 实数 三角 圆的 半径 对角 求解 求所 通项 数列 不小
    三角 半径 対角 数列 関数 実数 求め 方程 równanie funkcje trójkąt vergelijking driehoek
    面积 周长 体积 坐标 切线 垂直 平行 导数 积分 极限 收敛 级数 向量 圆周 圆心 顶点 边长 直线 体積 接線 微分 積分 極限 収束 級数 円周 頂点 直線 volumen
    perímetro tangente derivada converge vértice raíces recta périmètre dérivée intégrale limite
    sommets racines
    """,
    // PROOF
    """
    prove proof theorem lemma deduce infer derive conclude implies contradiction induction
    deadlock invariant necessarily logically
    beweise beweis folgt prouver démontrer démontrez preuve demuestra demostrar prueba
    prove demonstre dimostra dimostrare
    证明 推导 推理 証明
    zeige widerlege beweisen begründe gegenbeispiel folgere докажите доказать доказательство
    покажите
    контрпример опровергните следует обоснуйте корректность
    证明 说明 推断 矛盾 反例 示せ 証明 理由 udowodnij dowód bewijs toon
    否存 当且 仅当 可判 反证 归纳 恒成 帰納 背理 成り 反証 contraejemplo inducción contradicción decidible deducir
    contre-exemple récurrence décidable déduire montrez
    """,
    // CODE
    """
    array arrays string strings node nodes graph tree index indices subarray substring
    subsequence element elements vertices vertex edges edge query queries algorithm
    complexity implement int str def
    input inputs stdin integers testcase testcases
    knoten graph kanten tableau chaîne nœuds sommet arreglo cadena nodos grafo
    数组 字符 节点 算法 配列 文字 頂点
    feld laufzeit speicher faden fäden sperre sperren verklemmung ausgabe programm
    алгоритм массив массива дерево дерева граф графа вершин вершина ребро ребра ребром поток потока
    потоков мьютекс очередь сложность программа напечатает
    线程 死锁 复杂 区间 子数 树上 图中 队列 输出 代码
    スレ ロッ デッ 区間 部分 木の グラ 計算 algorytm tablica algoritme
    事务 并发 竞态 递归 遍历 哈希 链表 指针 多线 加锁 並行 排他 競合 再帰 算量 走査 ンザ hilos concurrencia interbloqueo
    transacciones recursiva recursivo complejidad algoritmo imprime verrou interblocage récursif
    récursive complexité algorithme
    """,
    // PUZZLE
    """
    liar liars knight knights knave knaves truth puzzle puzzles riddle grid grids row rows
    column columns cell cells board cube cipher encrypted encrypt decrypt decode anagram
    premise premises clue clues clockwise matchstick sudoku chess queens maze pattern
    operator operators operation operations symbol symbols logic logical brother sister
    lügner ritter rätsel zeile spalte feld menteur chevalier énigme grille ligne colonne
    mentiroso caballero acertijo fila columna cuadrícula
    说谎 骗子 真话 谜题 网格 棋盘 嘘つ 正直 パズ マス
    lügt lügen wahrheit insel brett feldern steine münzen kugeln wägungen spieler gewinnt
    gewinnstrategie
    лжец лжецы лжецов рыцарь рыцари рыцарей остров острове доска доске доски клетки клеток игрок
    игрока
    выиграет проигрывает камней взвешивания шифр сдвигом ребус загадка
    真话 说谎 必胜 石子 棋盘 天平 密文
    正直 嘘つ 天秤 必勝 石が コイ 暗号
    海盗 囚犯 先手 后手 砝码 称重 说真 假币 後手 海賊 囚人 偽物 piratas prisioneros balanza pesadas pesas ganadora fichas
    interruptores pizarra miente mienten pesées prisonniers jetons gagnante ment mentent
    """,
    // WRITING
    """
    write summarize summarise summary translate translation essay poem story stories email
    blog rewrite paraphrase describe suggest suggestions recommend ideas recipe tips advice
    tweet speech slogan caption introduction letter explain article brainstorm edit
    proofread draft marketing product list create compose outline dialogue character joke
    song lyrics script interview questions names title headline
    schreibe schreib übersetze zusammenfassung fasse gedicht geschichte erkläre rezept brief
    écris écrire traduis traduire résume résumer poème histoire lettre recette explique
    escribe traduce resume poema historia carta receta explica escreva traduza resuma
    explique receita scrivi traduci riassumi poesia storia ricetta spiega
    写一 翻译 总结 文章 故事 邮件 介绍 建议 解释 生成 改写 诗歌 書い 翻訳 要約 教え 説明
    напиши напишите переведи переведите перескажи расскажи расскажите посоветуй посоветуйте придумай
    объясни объясните составь список письмо рецепт стихотворение исправь сделай
    erzähl empfiehl formuliere nenne erkläre korrigiere übersetzen
    推荐 帮我 讲个 介绍 写一 怎么 列一
    教え 書い 作っ 訳し 考え 直し おす napisz przetłumacz schrijf vertaal
    """,
    // READING
    """
    passage paragraph text article document context conversation sentiment review topic
    classify category extract options news reader author person1 person2 mentioned
    sentence sentences describes described phrase
    artikel absatz texte article extrait texto artículo párrafo testo articolo
    文本 段落 句子 以下 对话 分类 文章 次の 記事
    отзыв текст текста предложение предложением статья bewertung satz 评论 这句 这段 文を レビ
    """,
    // HOUSEKEEPING
    "chat_history conversation_history autocompletion follow_ups",
    // FORMAT
    """
    json xml yaml csv markdown html format formatted bullet bullets tag tags latex boxed
    fence fenced schema plaintext formatiere formato formaté 格式 形式
    stichpunkte stichpunkten stichpunktartig tabelle tabellarisch aufzählung puces viñetas tabla
    списком таблица таблицы таблицу elenco tabella tabela 箇条 列表 表格
    """,
    // REPLY
    """
    reply respond response answer answers return output print provide give end finish write
    antworte antwort gib ausgabe réponds réponse répondez donne responde respuesta devuelve
    salida resposta responda devolva rispondi risposta restituisci
    回答 输出 返回 答え 出力
    """,
    // ONLY
    """
    only just solely nothing final requested explanation explanations additional exactly
    should valid please nur bitte seulement uniquement veuillez solo solamente únicamente
    por favor apenas somente soltanto 只需 只返 仅输 请只 のみ だけ
    """,
    // APPEAL
    """
    step steps think thinking carefully reasoning reason deep breath rigorous rigorously
    schritt schritten denke nachdenken sorgfältig étape étapes réfléchis réfléchissez
    paso pasos piensa pensar cuidadosamente passo passos pense ragiona passi pensa
    пошагово шагом рассуждай рассуждения подумай подумайте размышляй krok myśl stap denk
    difficult tricky hardest schwierig schwierige schwierigste knifflig knifflige extrem extremely
    difficile compliquée extrêmement difícil dificilísimo dificilísima complicado complicada
    dificílimo difficilissima сложный сложная сложно трудный трудная невероятно trudne moeilijk
    困难 极难 很难 最强 深入 難し 難問 深く 어려운 zor
    一步 逐步 思考 仔细 步步 段階 考え じっ
    """,
    // THANKS
    """
    thank thanks appreciate regards sincerely cheers danke dank grüßen grüße merci cordialement
    gracias saludos grazie saluti obrigado obrigada dziękuję спасибо благодарю уважением
    teşekkürler 谢谢 感谢 あり よろ 감사
    """,
    // SOLVING
    """
    solve solved solving solution solutions calculate compute find determine simplify factor
    evaluate
    differentiate integrate value result answer equals sum product difference prove show verify
    graph plot roots convert complete next missing rotate shift apply output puzzle task problem
    löse lösung berechne bestimme vereinfache zeige wert ergebnis résous résoudre calcule calculer
    calculez trouver trouvez déterminer simplifie valeur résultat resuelve resolver calcula calcular
    halla hallar encuentra determina valor resultado risolvi calcola trova calcule resolva encontre
    решите решить вычислите найдите найти определите упростите значение oblicz rozwiąż znajdź
    bereken
    计算 求解 求值 化简 解方 求出 结果 等于 計算 求め 解け 解い 答え 값을 계산 풀어
    """,
    // TASK
    """
    problem problems program programs code task tasks exercise exercises homework tests challenge
    aufgabe aufgaben programm übung hausaufgabe hausaufgaben problème exercice programme devoir
    tâche problema problemas ejercicio programa tarea exercício tarefa esercizio programma compito
    задача задачу задачи задание задания программу программа упражнение zadanie opgave 문제 문제를
    题目 编程 程序 这题 道题 作业 問題 課題 宿題
    """,
  };

  /** Hashes in the upper half, masks in the lower; 0 where there is nothing. */
  private static final long[] TABLE = new long[SLOTS];

  /** A bit for each hash in the table: most words are in no family, and most of them end here. */
  private static final long[] MAY_BE_IN = new long[FILTER_BITS / 64];

  static {
    for (int family = 0; family < FAMILIES; family++) {
      for (String word : WORDS[family].trim().split("\\s+", -1)) {
        put(hash(word), 1 << family);
      }
    }
  }

  private WordFamilies() {}

  /** The families of the word with this hash, one bit each; 0 if it is in none. */
  static int maskOf(int hash) {
    int bit = filterBitOf(hash);
    return (MAY_BE_IN[bit >>> 6] >>> bit & 1) == 0 ? 0 : find(hash);
  }

  private static int find(int hash) {
    int slot = slotOf(hash);
    while (TABLE[slot] != 0 && TABLE[slot] >>> 32 != (hash & 0xffff_ffffL)) {
      slot = slot + 1 & SLOTS - 1;
    }
    return (int) TABLE[slot];
  }

  /** Extends a word's hash, which begins with 0, by one character in lower case. */
  static int extend(int hash, char lower) {
    return hash * 0x01000193 + lower;
  }

  /** The hash of a whole word in lower case. */
  static int hash(String word) {
    int hash = 0;
    for (int i = 0; i < word.length(); i++) {
      hash = extend(hash, word.charAt(i));
    }
    return hash;
  }

  private static int slotOf(int hash) {
    return (hash ^ hash >>> 15) & SLOTS - 1;
  }

  private static int filterBitOf(int hash) {
    return (hash ^ hash >>> 15) & FILTER_BITS - 1;
  }

  private static void put(int hash, int mask) {
    int bit = filterBitOf(hash);
    MAY_BE_IN[bit >>> 6] |= 1L << bit;
    int slot = slotOf(hash);
    while (TABLE[slot] != 0 && TABLE[slot] >>> 32 != (hash & 0xffff_ffffL)) {
      slot = slot + 1 & SLOTS - 1;
    }
    TABLE[slot] |= (long) hash << 32 | mask;
  }
}
