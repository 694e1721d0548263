package org.flowbound.report;

import org.flowbound.attack.AttackedImages;
import org.flowbound.attack.PerturbationNorm;

/**
 * Attacked images as comma-separated values after RFC 4180, one row per budget and image.
 *
 * <p>Columns: {@code attack}; {@code measure} (what the budget bounds); {@code eps}; {@code index}
 * of the image; {@code label}; {@code prediction} for the perturbed image; {@code correct}, 1 if
 * the image withstood at this budget, else 0; {@code linf}, {@code l2}: the norms of the
 * perturbation, of the smallest one found where the attack looks for that.
 */
public final class AttackCsv {
  private AttackCsv() {}

  /** The header, ended by CRLF. */
  public static String header() {
    return "attack,measure,eps,index,label,prediction,correct,linf,l2\r\n";
  }

  /** The rows of one budget, each ended by CRLF. */
  public static String rows(String attack, String measure, AttackedImages attacked) {
    StringBuilder csv = new StringBuilder();
    for (int i = 0; i < attacked.originals().count(); i++) {
      csv.append(attack)
          .append(',')
          .append(measure)
          .append(',')
          .append(attacked.eps())
          .append(',')
          .append(i)
          .append(',')
          .append(attacked.originals().label(i))
          .append(',')
          .append(attacked.predictions()[i])
          .append(',')
          .append(attacked.correct()[i] ? 1 : 0)
          .append(',')
          .append((float) attacked.distance(PerturbationNorm.LINF, i))
          .append(',')
          .append((float) attacked.distance(PerturbationNorm.L2, i))
          .append("\r\n");
    }
    return csv.toString();
  }
}
