package dev.ponder.gateway.proxy;

/** What goes ahead once the whole body of its request is there. */
public interface BodyTaker {

  /** Takes the body, of which the first {@code length} bytes count. */
  void run(byte[] body, int length);

  /** There is no body that can be used. */
  void refuse(Throwable failure);

  /** Sets what runs once, when the body is not needed any more: at once if it is not already. */
  void onOver(Runnable action);
}
