package org.flowbound.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.io.AtomicFile;
import org.flowbound.report.chart.LineChart;
import org.flowbound.report.chart.SvgChart;

/**
 * The folder that a comparison leaves behind: {@code report.html} to read, {@code results.json} and
 * {@code results.csv} to compute with, {@code accuracy.svg} and {@code delta.svg} for papers.
 */
public final class Report {
  private static final int CHART_WIDTH = 640;
  private static final int CHART_HEIGHT = 400;

  private Report() {}

  /**
   * Writes all files, replacing those of an earlier report; whatever else the folder holds stays.
   *
   * @param folder created where it does not exist
   * @return the files, the page first
   * @throws IOException if a file cannot be written; those written before it stay, each of them
   *     whole
   */
  public static List<Path> write(ComparisonResult result, Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + " is a file; the report needs a folder.");
    }
    Map<String, String> files = new LinkedHashMap<>();
    files.put("report.html", ReportPage.render(result));
    files.put("results.json", ComparisonJson.write(result));
    files.put("results.csv", ComparisonCsv.write(result));
    files.put("accuracy.svg", draw(ComparisonCharts.accuracy(result, 8)));
    files.put("delta.svg", draw(ComparisonCharts.delta(result, 10)));

    List<Path> written = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      AtomicFile.write(path, out -> out.write(file.getValue().getBytes(StandardCharsets.UTF_8)));
      written.add(path);
    }
    return written;
  }

  private static String draw(LineChart chart) {
    return new SvgChart(chart, CHART_WIDTH, CHART_HEIGHT).standalone();
  }
}
