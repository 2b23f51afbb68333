package desk;

import desk.made.Desk;
import desk.made.DeskPort;
import desk.made.Line;
import desk.made.Lines;
import desk.made.Order;
import desk.made.Priority;
import desk.made.Receipt;
import desk.made.RefusedMessage;
import jakarta.xml.ws.soap.SOAPFaultException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import javax.xml.datatype.DatatypeFactory;

/** The stubs that wsimport made, on whichever JAX-WS provider is in the class path: `Client WSDL...`, one line of JSON each. */
public final class Client {
  static String quoted(String text) {
    return text == null ? "null" : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static Line line(String sku, int qty, String price) {
    Line line = new Line();
    line.setSku(sku);
    line.setQty(qty);
    line.setPrice(new BigDecimal(price));
    return line;
  }

  static Receipt place(DeskPort desk, String sku) throws Exception {
    Order order = new Order();
    order.setCustomer("Łukasz 東京 😀 <&>");
    order.setDue(DatatypeFactory.newInstance().newXMLGregorianCalendar("2026-11-30"));
    order.setExpress(true);
    order.setPriority(Priority.HIGH);
    order.setBudget(1152921504607351596L);
    order.setLines(new Lines());
    order.getLines().getLine().add(line(sku, 2, "12.50"));
    order.getLines().getLine().add(line("B", 1, "0.10"));
    order.getTag().add("å");
    return desk.place(order);
  }

  public static void main(String[] wsdls) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String wsdl : wsdls) {
      DeskPort desk = new Desk(new URL(wsdl)).getDeskPort();
      Receipt r = place(desk, "A-1");
      String fault;
      try {
        place(desk, "boom");
        fault = "null";
      } catch (RefusedMessage refused) {
        fault = "{\"reason\":" + quoted(refused.getMessage()) + ",\"code\":" + refused.getFaultInfo().getCode() + "}";
      } catch (SOAPFaultException other) {
        fault = "{\"reason\":" + quoted(other.getMessage()) + ",\"code\":0}";
      }
      desk.ping();
      String skus = r.getSku().stream().map(Client::quoted).collect(Collectors.joining(","));
      out.println("{\"id\":\"" + r.getId() + "\",\"text\":" + quoted(r.getText()) + ",\"total\":" + r.getTotal()
          + ",\"due\":" + quoted(r.getDue().toString()) + ",\"comment\":" + quoted(r.getComment())
          + ",\"note\":" + quoted(r.getNote()) + ",\"sku\":[" + skus + "],\"priority\":"
          + quoted(r.getPriority().value()) + ",\"fault\":" + fault + "}");
    }
    System.exit(0); // the providers' threads would keep it waiting
  }
}
