package org.flowbound.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatasetFoldersTest {
  private static final Path HOME = Path.of("home").toAbsolutePath();

  private static Path cache(Map<String, String> environment) {
    return DatasetFolders.of(environment, HOME).cache();
  }

  @Test
  void theCacheFollowsTheEnvironment() {
    Path xdg = Path.of("xdg").toAbsolutePath();
    assertThat(cache(Map.of())).isEqualTo(HOME.resolve(".cache/flowbound/datasets"));
    assertThat(cache(Map.of("XDG_CACHE_HOME", xdg.toString())))
        .isEqualTo(xdg.resolve("flowbound/datasets"));
    assertThat(cache(Map.of("XDG_CACHE_HOME", xdg.toString(), "FLOWBOUND_CACHE", "own")))
        .isEqualTo(Path.of("own/datasets"));
  }

  @Test
  void emptyAndRelativeValuesCountAsAbsent() {
    Path fallback = cache(Map.of());
    assertThat(cache(Map.of("XDG_CACHE_HOME", "relative"))).isEqualTo(fallback);
    assertThat(cache(Map.of("XDG_CACHE_HOME", "", "FLOWBOUND_CACHE", ""))).isEqualTo(fallback);
    assertThat(DatasetFolders.of(Map.of("FLOWBOUND_DATA", ""), HOME).shared()).isNull();
  }

  @Test
  void theSharedFolderComesFromTheEnvironmentAndTheGivenOneFromTheCaller() {
    DatasetFolders folders = DatasetFolders.of(Map.of("FLOWBOUND_DATA", "data"), HOME);
    assertThat(folders.shared()).isEqualTo(Path.of("data"));
    assertThat(folders.given()).isNull();
    assertThat(folders.withGiven(Path.of("mine")).given()).isEqualTo(Path.of("mine"));
  }
}
