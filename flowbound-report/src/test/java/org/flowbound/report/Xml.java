package org.flowbound.report;

import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Strict XML parsing and look-up, without name spaces and without reading anything else. */
public final class Xml {
  private Xml() {}

  public static Document parse(String xml) throws Exception {
    DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    builder.setErrorHandler(null);
    builder.setEntityResolver(
        (publicId, systemId) -> {
          throw new AssertionError("The document refers to " + systemId);
        });
    return builder.parse(new InputSource(new StringReader(xml)));
  }

  public static List<Element> find(Object context, String path) throws Exception {
    NodeList nodes =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(path, context, XPathConstants.NODESET);
    return IntStream.range(0, nodes.getLength()).mapToObj(k -> (Element) nodes.item(k)).toList();
  }

  public static List<String> texts(Object context, String path) throws Exception {
    return find(context, path).stream()
        .map(element -> element.getTextContent().strip().replaceAll("[\\s\u00a0]+", " "))
        .toList();
  }
}
