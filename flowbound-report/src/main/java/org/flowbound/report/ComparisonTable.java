package org.flowbound.report;

import java.util.ArrayList;
import java.util.List;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.report.text.Numbers;
import org.flowbound.report.text.TextTable;

/**
 * A comparison as an aligned table for the terminal: each network's certified δ and its accuracy in
 * per cent, clean, under FGSM at every ε, and under random noise of the largest ε.
 */
public final class ComparisonTable {
  private ComparisonTable() {}

  /** The table, each line ended by a newline. */
  public static String format(ComparisonResult result) {
    List<Double> fgsm = result.budgets("fgsm").stream().filter(eps -> eps > 0).toList();
    List<Double> noise = result.budgets("noise");
    List<Double> largestNoise = noise.subList(Math.max(0, noise.size() - 1), noise.size());

    List<String> header = new ArrayList<>(List.of("accuracy in %", "", ""));
    List<String> columns = new ArrayList<>(List.of("network", "certified δ", "clean"));
    for (int k = 0; k < fgsm.size(); k++) {
      header.add(k == 0 ? "FGSM" : "");
      columns.add((k == 0 ? "ε = " : "") + Numbers.shortest(fgsm.get(k)));
    }
    for (double eps : largestNoise) {
      header.add("noise");
      columns.add(Numbers.shortest(eps));
    }
    TextTable table = new TextTable().row(header).row(columns);
    for (Model model : result.models()) {
      List<String> row = new ArrayList<>();
      row.add(model.name());
      row.add(Numbers.interval(model.delta().lower(), model.delta().upper(), 3));
      row.add(Numbers.percent(model.testAccuracy()));
      fgsm.forEach(eps -> row.add(accuracy(model, "fgsm", eps)));
      largestNoise.forEach(eps -> row.add(accuracy(model, "noise", eps)));
      table.row(row);
    }
    return table.format();
  }

  private static String accuracy(Model model, String attack, double eps) {
    return model
        .attack(attack)
        .flatMap(curve -> curve.at(eps))
        .map(RobustnessCurve.Point::accuracy)
        .map(Numbers::percent)
        .orElse("–");
  }
}
