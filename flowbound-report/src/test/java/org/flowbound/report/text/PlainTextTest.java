package org.flowbound.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.flowbound.report.Xml;
import org.junit.jupiter.api.Test;

class PlainTextTest {
  @Property
  void anyTextBecomesLegalXml(@ForAll @CharRange(from = 0, to = '\uffff') String text)
      throws Exception {
    String plain = PlainText.of(text);
    String xml =
        "<t>" + plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</t>";
    assertThat(Xml.parse(xml).getDocumentElement().getTextContent()).isEqualTo(plain);
    assertThat(PlainText.of(plain)).isEqualTo(plain);
  }

  @Test
  void ordinaryTextIsKept() {
    String text = "stable −0.5, κ = 2 · δ̄ 手書き 😀\tא\n";
    assertThat(PlainText.of(text)).isEqualTo(text);
    assertThat(PlainText.of("\u001b[2J\u202Eabc\u0085\uffff")).isEqualTo("�[2J�abc��");
  }

  @Test
  void cellsCountWhatATerminalShows() {
    assertThat(PlainText.cells("δ\u0304 = 1")).isEqualTo(5);
    assertThat(PlainText.cells("手書き")).isEqualTo(6);
    assertThat(PlainText.cells("")).isZero();
  }

  @Test
  void tableAlignsByCells() {
    assertThat(
            new TextTable()
                .row(List.of("a", "δ\u0304"))
                .row(List.of("手書", "12\t3"))
                .row(List.of("b"))
                .format())
        .isEqualTo("a        δ\u0304\n手書  12 3\nb\n");
  }
}
