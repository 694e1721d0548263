package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonTest {
  private record Point(double eps, int correct) {}

  @Property
  void numbersAreReadBackAsTheyWere(@ForAll double number) throws Exception {
    JsonNode read =
        new ObjectMapper()
            .readTree(Json.object(Map.of("one", number, "many", new double[] {number, 1})));
    assertThat(read.get("one").doubleValue()).isEqualTo(number);
    assertThat(read.get("many").get(0).doubleValue()).isEqualTo(number);
  }

  @Test
  void whatIsNoNumberIsNull() throws Exception {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("nan", Double.NaN);
    fields.put("values", new double[] {Double.POSITIVE_INFINITY, 1});
    fields.put("points", List.of(new Point(Double.NEGATIVE_INFINITY, 3)));
    fields.put("none", null);
    assertThat(new ObjectMapper().readTree(Json.object(fields)))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    "{\"nan\":null,\"values\":[null,1.0],"
                        + "\"points\":[{\"eps\":null,\"correct\":3}],\"none\":null}"));
  }
}
