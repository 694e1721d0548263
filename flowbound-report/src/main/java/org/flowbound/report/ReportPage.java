package org.flowbound.report;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flowbound.attack.SanityCheck;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.DatasetSummary;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.ComparisonResult.Provenance;
import org.flowbound.comparison.Spread;
import org.flowbound.report.chart.LineChart;
import org.flowbound.report.chart.Palette;
import org.flowbound.report.chart.SvgChart;
import org.flowbound.report.text.Numbers;
import org.flowbound.report.text.PlainText;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingHistory.Epoch;

/**
 * A comparison as one HTML page that needs nothing but itself: no script, no request.
 *
 * <p>The page is well-formed XML too. Whatever the result brings along is escaped; a content
 * security policy in the page forbids scripts and connections besides.
 */
final class ReportPage {
  private static final String TEMPLATE = "report.mustache";
  private static final int WIDE = 880;
  private static final int NARROW = 350;

  private final ComparisonResult result;

  private ReportPage(ComparisonResult result) {
    this.result = result;
  }

  /** The page's source. */
  static String render(ComparisonResult result) {
    return Mustache.compiler()
        .withEscaper(raw -> Escapers.HTML.escape(PlainText.of(raw)))
        .withLoader(name -> new StringReader(resource(name + ".mustache")))
        .compile(resource(TEMPLATE))
        .execute(new ReportPage(result).view());
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(ReportPage.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the template shows; the other records are its parts. */
  private record View(
      String css,
      String dataset,
      String date,
      Verdict verdict,
      boolean hasCaveats,
      ResultsTable results,
      boolean replicated,
      String seeds,
      List<SeedsTable> seedTables,
      Figure accuracy,
      SanityTable sanity,
      Figure delta,
      List<Training> trainings,
      Gallery gallery,
      CertifiedTable certified,
      DatasetSummary data,
      DatasetCounts counts,
      Provenance provenance,
      String seconds,
      List<Option> options) {}

  private record Figure(String wide, String narrow) {}

  private record Cell(String text, boolean best) {}

  private record Network(String marker, String name) {}

  private record ResultsTable(
      List<String> budgets,
      List<String> noiseBudgets,
      boolean hasFgsm,
      int fgsmColumns,
      List<ResultsRow> rows) {}

  private record ResultsRow(
      Network network,
      String target,
      String linearNorm,
      String delta,
      String inputNorm,
      String outputNorm,
      List<Cell> accuracies) {}

  private record SeedsTable(String title, List<String> columns, int width, List<SeedsRow> rows) {}

  private record SeedsRow(Network network, List<String> cells) {}

  private record SanityTable(
      boolean hasChecks, List<Network> networks, int columns, List<SanityRow> rows) {}

  private record SanityRow(String name, List<SanityCell> cells) {}

  private record SanityCell(boolean passed, String detail) {}

  private record Training(
      Network network,
      String loss,
      String trainAccuracy,
      String validationAccuracy,
      String testAccuracy,
      String seconds,
      String projection,
      String rate,
      String file) {}

  private record Gallery(boolean hasImages, List<GalleryRow> images) {}

  private record GalleryRow(
      String index, String label, String eps, String gain, String original, List<Twin> twins) {}

  private record Twin(
      Network network,
      String attacked,
      String perturbation,
      String alt,
      Prediction clean,
      Prediction fooled) {}

  private record Prediction(String label, boolean correct, String percent, String width) {}

  private record CertifiedTable(
      boolean hasRadii, List<String> radii, int columns, String reach, List<CertifiedRow> rows) {}

  private record CertifiedRow(Network network, String step, String flow, List<Cell> accuracies) {}

  private record DatasetCounts(
      String training, String validation, String test, String size, String classes) {}

  private record Option(String name, String value) {}

  private View view() {
    Verdict verdict = Verdict.of(result);
    Provenance provenance = result.provenance();
    return new View(
        resource("report.css") + SvgChart.darkStyle(),
        result.dataset().name(),
        provenance.startedAt().replaceFirst("T.*", ""),
        verdict,
        !verdict.caveats().isEmpty(),
        resultsTable(),
        result.isReplicated(),
        String.join(", ", result.seeds().stream().map(String::valueOf).toList()),
        result.isReplicated() ? seedTables() : List.of(),
        figure(
            ComparisonCharts.accuracy(result, 10),
            ComparisonCharts.accuracy(result, 4),
            "accuracy"),
        sanityTable(),
        figure(ComparisonCharts.delta(result, 12), ComparisonCharts.delta(result, 5), "delta"),
        each(this::training),
        gallery(),
        certifiedTable(),
        result.dataset(),
        counts(),
        provenance,
        Numbers.duration(provenance.seconds()),
        provenance.options().entrySet().stream()
            .map(option -> new Option(option.getKey(), option.getValue()))
            .toList());
  }

  private static Figure figure(LineChart wide, LineChart narrow, String id) {
    return new Figure(
        new SvgChart(wide, WIDE, 430).inline(id + "-wide"),
        new SvgChart(narrow, NARROW, 360).inline(id + "-narrow"));
  }

  private ResultsTable resultsTable() {
    List<Double> fgsm = result.budgets("fgsm").stream().filter(eps -> eps > 0).toList();
    List<Double> noise = result.budgets("noise");
    List<Double> largestNoise = noise.subList(Math.max(0, noise.size() - 1), noise.size());
    List<List<Cell>> columns = new ArrayList<>();
    columns.add(column(Model::testAccuracy));
    fgsm.forEach(eps -> columns.add(column(model -> model.accuracy("fgsm", eps))));
    largestNoise.forEach(eps -> columns.add(column(model -> model.accuracy("noise", eps))));
    return new ResultsTable(
        fgsm.stream().map(Numbers::shortest).toList(),
        largestNoise.stream().map(Numbers::shortest).toList(),
        !fgsm.isEmpty(),
        fgsm.size(),
        each(
            m -> {
              Model model = result.models().get(m);
              return new ResultsRow(
                  network(m),
                  model.target() == null ? "–" : Numbers.shortest(model.target()),
                  model.linearNorm() == null ? "–" : Numbers.shortest(model.linearNorm()),
                  Numbers.interval(model.delta().lower(), model.delta().upper(), 3),
                  Numbers.decimal(model.inputNorm(), 2),
                  Numbers.decimal(model.outputNorm(), 2),
                  columns.stream().map(column -> column.get(m)).toList());
            }));
  }

  private List<SeedsTable> seedTables() {
    return SeedTable.of(result).stream()
        .map(
            table ->
                new SeedsTable(
                    table.title(),
                    table.columns(),
                    table.columns().size(),
                    each(m -> new SeedsRow(network(m), table.rows().get(m)))))
        .toList();
  }

  /** One row per check, one column per network that was checked. */
  private SanityTable sanityTable() {
    List<Integer> checked =
        IntStream.range(0, result.models().size())
            .filter(m -> !result.models().get(m).sanity().isEmpty())
            .boxed()
            .toList();
    List<String> names =
        checked.stream()
            .flatMap(m -> result.models().get(m).sanity().stream())
            .map(SanityCheck::name)
            .distinct()
            .toList();
    return new SanityTable(
        !checked.isEmpty(),
        checked.stream().map(this::network).toList(),
        checked.size(),
        names.stream()
            .map(
                name ->
                    new SanityRow(
                        name,
                        checked.stream()
                            .flatMap(m -> result.models().get(m).sanity().stream())
                            .filter(check -> check.name().equals(name))
                            .map(check -> new SanityCell(check.passed(), check.detail()))
                            .toList()))
            .toList());
  }

  /** One share per model in per cent; the largest are marked where they differ. */
  private List<Cell> column(ToDoubleFunction<Model> share) {
    List<Spread> shares =
        result.models().stream().map(model -> result.spread(model, share)).toList();
    List<String> means = shares.stream().map(Spread::mean).map(Numbers::percent).toList();
    double best = shares.stream().mapToDouble(Spread::mean).filter(s -> s >= 0).max().orElse(-1);
    boolean differ = means.stream().distinct().count() > 1;
    return each(
        m ->
            new Cell(
                SeedTable.percent(shares.get(m)),
                differ && means.get(m).equals(Numbers.percent(best))));
  }

  private Network network(int m) {
    return new Network(Palette.markerSvg(m), result.models().get(m).name());
  }

  private Training training(int m) {
    List<Model> models = result.isReplicated() ? result.runs().get(0).models() : result.models();
    Model model = models.get(m);
    TrainingHistory history = model.history();
    List<Epoch> epochs = history.epochs();
    Stream<Epoch> last = epochs.stream().skip(Math.max(0, epochs.size() - 1));
    double[] end =
        last.flatMap(epoch -> Stream.of(epoch.loss(), epoch.validationAccuracy()))
            .mapToDouble(Double::doubleValue)
            .toArray();
    return new Training(
        network(m),
        end.length == 0 ? "–" : Numbers.decimal(end[0], 4),
        Numbers.percent(model.trainAccuracy()),
        end.length == 0 ? "–" : Numbers.percent(end[1]),
        Numbers.percent(model.testAccuracy()),
        Numbers.duration(history.seconds()),
        Numbers.duration(history.projectionSeconds()),
        Double.isFinite(history.samplesPerSecond())
            ? Numbers.count(Math.round(history.samplesPerSecond()))
            : "–",
        model.file());
  }

  private Gallery gallery() {
    List<GalleryRow> rows =
        result.gallery().stream()
            .map(
                image ->
                    new GalleryRow(
                        Numbers.count(image.index()),
                        className(image.label()),
                        Numbers.shortest(image.eps()),
                        Numbers.shortest(Math.round(10 / (2 * image.eps())) / 10.0),
                        Png.grey(image.pixels(), rows(), columns()),
                        each(m -> twin(image, m))))
            .toList();
    return new Gallery(!rows.isEmpty(), rows);
  }

  private Twin twin(ComparisonResult.GalleryImage image, int m) {
    ComparisonResult.Adversarial twin = image.twins().get(m);
    double scale = image.eps() > 0 ? image.eps() : 1;
    return new Twin(
        network(m),
        Png.grey(twin.pixels(), rows(), columns()),
        Png.difference(image.pixels(), twin.pixels(), scale, rows(), columns()),
        "Test image %s attacked on %s"
            .formatted(Numbers.count(image.index()), result.models().get(m).name()),
        prediction(twin.cleanPrediction(), twin.cleanConfidence(), image.label()),
        prediction(twin.attackedPrediction(), twin.attackedConfidence(), image.label()));
  }

  private Prediction prediction(int label, double confidence, int truth) {
    double share = Math.min(1, Math.max(0, Double.isNaN(confidence) ? 0 : confidence));
    return new Prediction(
        className(label),
        label == truth,
        Numbers.decimal(100 * confidence, 0),
        Long.toString(Math.round(100 * share)));
  }

  private CertifiedTable certifiedTable() {
    List<Double> radii =
        result.models().stream()
            .flatMap(model -> model.certified().results().stream())
            .map(CertifiedAccuracy.Point::eps)
            .distinct()
            .sorted()
            .toList();
    List<List<Cell>> columns =
        radii.stream().map(radius -> column(model -> model.certifiedAccuracy(radius))).toList();
    return new CertifiedTable(
        !radii.isEmpty(),
        radii.stream().map(Numbers::shortest).toList(),
        radii.size(),
        Numbers.shortest(Math.round(10 * Math.sqrt((double) rows() * columns())) / 10.0),
        each(
            m -> {
              CertifiedAccuracy certified = result.models().get(m).certified();
              return new CertifiedRow(
                  network(m),
                  Numbers.upper(certified.networkLipschitz(), 2),
                  Numbers.upper(certified.flowLipschitz(), 2),
                  columns.stream().map(column -> column.get(m)).toList());
            }));
  }

  private DatasetCounts counts() {
    DatasetSummary dataset = result.dataset();
    return new DatasetCounts(
        Numbers.count(dataset.training()),
        Numbers.count(dataset.validation()),
        Numbers.count(dataset.test()),
        rows() + " × " + columns(),
        String.join(", ", dataset.classNames()));
  }

  private int rows() {
    return result.dataset().rows();
  }

  private int columns() {
    return result.dataset().columns();
  }

  private String className(int label) {
    List<String> names = result.dataset().classNames();
    return label >= 0 && label < names.size() ? names.get(label) : Integer.toString(label);
  }

  private <T> List<T> each(IntFunction<T> part) {
    return IntStream.range(0, result.models().size()).mapToObj(part).toList();
  }
}
