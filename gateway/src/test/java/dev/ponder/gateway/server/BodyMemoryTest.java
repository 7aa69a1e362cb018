package dev.ponder.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodyMemoryTest {

  private final BodyMemory memory = new BodyMemory(100);

  @Test
  void take_upToTheLimitOfAllTogether() {
    BodyMemory.Lease one = memory.lease();
    BodyMemory.Lease other = memory.lease();
    assertThat(one.take(60)).isTrue();
    assertThat(other.take(41)).isFalse();
    assertThat(other.take(40)).isTrue();
    assertThat(memory.taken()).isEqualTo(100);
    one.give(10);
    assertThat(other.take(10)).isTrue();
    one.release();
    other.release();
    assertThat(memory.taken()).isZero();
  }

  @Test
  void release_twice_givesBackOnce() {
    BodyMemory.Lease stays = memory.lease();
    assertThat(stays.take(30)).isTrue();
    BodyMemory.Lease lease = memory.lease();
    assertThat(lease.take(30)).isTrue();
    lease.release();
    lease.release();
    lease.give(30);
    assertThat(memory.taken()).isEqualTo(30);
  }

  @Test
  void release_whileAWorkerReads_waitsForIt() {
    BodyMemory.Lease lease = memory.lease();
    assertThat(lease.take(30)).isTrue();
    lease.hold();
    lease.release();
    assertThat(memory.taken()).isEqualTo(30);
    lease.release();
    assertThat(memory.taken()).isZero();
  }

  @Test
  void take_afterRelease_isRefused() {
    BodyMemory.Lease lease = memory.lease();
    lease.release();
    assertThat(lease.take(1)).isFalse();
    assertThat(memory.taken()).isZero();
  }
}
