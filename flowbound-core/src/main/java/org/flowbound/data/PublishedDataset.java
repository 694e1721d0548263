package org.flowbound.data;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A public data set of four IDX files.
 *
 * @param description one line for people
 * @param classNames one name per class
 * @param mirrors folders that serve the files under their canonical names, in the order in which
 *     they are tried; each ends in a slash
 * @param files what the four files hold
 */
record PublishedDataset(
    String name,
    String description,
    List<String> classNames,
    List<URI> mirrors,
    Map<IdxPart, Content> files) {
  PublishedDataset {
    classNames = List.copyOf(classNames);
    mirrors = List.copyOf(mirrors);
    files = Map.copyOf(files);
  }

  /**
   * What a file holds once it is decompressed.
   *
   * @param size in bytes
   * @param sha256 in hexadecimal
   */
  record Content(int size, String sha256) {}

  /** MNIST and Fashion-MNIST. */
  static List<PublishedDataset> all() {
    return List.of(mnist(), fashionMnist());
  }

  static Optional<PublishedDataset> named(String name) {
    return all().stream().filter(dataset -> dataset.name().equals(name)).findFirst();
  }

  private static PublishedDataset mnist() {
    return new PublishedDataset(
        "mnist",
        "handwritten digits (LeCun, Cortes, Burges), 60 000 + 10 000 images of 28 x 28",
        List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        List.of(
            URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/")),
        files(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));
  }

  private static PublishedDataset fashionMnist() {
    return new PublishedDataset(
        "fashion-mnist",
        "pictures of clothes (Zalando Research), 60 000 + 10 000 images of 28 x 28",
        List.of(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot"),
        List.of(
            URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            URI.create(
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/")),
        files(
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));
  }

  private static Map<IdxPart, Content> files(
      String trainingImages, String trainingLabels, String testImages, String testLabels) {
    return Map.of(
        IdxPart.TRAINING_IMAGES, new Content(16 + 60_000 * 784, trainingImages),
        IdxPart.TRAINING_LABELS, new Content(8 + 60_000, trainingLabels),
        IdxPart.TEST_IMAGES, new Content(16 + 10_000 * 784, testImages),
        IdxPart.TEST_LABELS, new Content(8 + 10_000, testLabels));
  }
}
