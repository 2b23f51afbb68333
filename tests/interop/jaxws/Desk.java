package desk;

import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlSchemaType;
import jakarta.xml.bind.annotation.XmlType;
import jakarta.xml.ws.BindingType;
import jakarta.xml.ws.Endpoint;
import jakarta.xml.ws.WebFault;
import jakarta.xml.ws.soap.SOAPBinding;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.GregorianCalendar;
import java.util.List;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;

/** The desk, code first, on whichever JAX-WS provider is in the class path: `Desk PORT` serves /desk11, /desk12, /rpc. */
public final class Desk {
  static final String NAMESPACE = "urn:example:desk";

  @XmlType(name = "Priority", namespace = NAMESPACE)
  public enum Priority { low, high }

  @XmlType(name = "Line", namespace = NAMESPACE, propOrder = {"sku", "qty", "price"})
  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Line {
    @XmlElement(required = true) public String sku;
    public int qty;
    @XmlElement(required = true) public BigDecimal price;
  }

  @XmlType(name = "Lines", namespace = NAMESPACE)
  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Lines { public List<Line> line = new ArrayList<>(); }

  @XmlType(name = "Order", namespace = NAMESPACE,
      propOrder = {"customer", "due", "express", "priority", "budget", "comment", "note", "lines", "tag"})
  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Order {
    @XmlElement(required = true) public String customer;
    @XmlElement(required = true) @XmlSchemaType(name = "date") public XMLGregorianCalendar due;
    public boolean express;
    @XmlElement(required = true) public Priority priority;
    public long budget;
    @XmlElement(required = true, nillable = true) public String comment;
    public String note;
    @XmlElement(required = true) public Lines lines;
    public List<String> tag;
  }

  @XmlType(name = "Receipt", namespace = NAMESPACE,
      propOrder = {"id", "text", "total", "when", "due", "comment", "note", "priority", "sku"})
  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Receipt {
    public long id;
    @XmlElement(required = true) public String text;
    @XmlElement(required = true) public BigDecimal total;
    @XmlElement(required = true) public XMLGregorianCalendar when;
    @XmlElement(required = true) @XmlSchemaType(name = "date") public XMLGregorianCalendar due;
    @XmlElement(required = true, nillable = true) public String comment;
    public String note;
    @XmlElement(required = true) public Priority priority;
    public List<String> sku = new ArrayList<>();
  }

  @XmlType(name = "Refused", namespace = NAMESPACE, propOrder = {"code", "reason"})
  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Refused {
    public int code;
    @XmlElement(required = true) public String reason;
  }

  @WebFault(name = "Refused", targetNamespace = NAMESPACE)
  public static class RefusedMessage extends Exception {
    private final transient Refused info;

    public RefusedMessage(String message, Refused info) {
      super(message);
      this.info = info;
    }

    public Refused getFaultInfo() { return info; }
  }

  static Receipt placed(Order order) throws RefusedMessage {
    Receipt receipt = new Receipt();
    receipt.total = BigDecimal.ZERO;
    for (Line line : order.lines.line) {
      if (line.sku.equals("boom")) {
        Refused info = new Refused();
        info.code = 42;
        info.reason = "åäö";
        throw new RefusedMessage("Slut på lager", info);
      }
      receipt.total = receipt.total.add(line.price.multiply(BigDecimal.valueOf(line.qty)));
      receipt.sku.add(line.sku);
    }
    receipt.id = order.budget;
    receipt.text = "Hej, " + order.customer;
    try {
      receipt.when = DatatypeFactory.newInstance().newXMLGregorianCalendar(new GregorianCalendar());
    } catch (javax.xml.datatype.DatatypeConfigurationException impossible) {
      throw new IllegalStateException(impossible);
    }
    receipt.due = order.due;
    receipt.comment = order.comment;
    receipt.note = order.note;
    receipt.priority = order.priority;
    return receipt;
  }

  @WebService(name = "DeskPort", serviceName = "Desk", portName = "DeskPort", targetNamespace = NAMESPACE)
  public static class Desk11 {
    @WebMethod(operationName = "Place", action = "urn:example:desk/Place") @WebResult(name = "receipt")
    public Receipt place(@WebParam(name = "order") Order order) throws RefusedMessage { return placed(order); }

    @WebMethod(operationName = "Ping", action = "urn:example:desk/Ping")
    public void ping() {}
  }

  @WebService(name = "DeskPort", serviceName = "Desk", portName = "DeskPort", targetNamespace = NAMESPACE)
  @BindingType(SOAPBinding.SOAP12HTTP_BINDING)
  public static class Desk12 {
    @WebMethod(operationName = "Place", action = "urn:example:desk/Place") @WebResult(name = "receipt")
    public Receipt place(@WebParam(name = "order") Order order) throws RefusedMessage { return placed(order); }

    @WebMethod(operationName = "Ping", action = "urn:example:desk/Ping")
    public void ping() {}
  }

  @WebService(name = "DeskPort", serviceName = "Desk", portName = "DeskPort", targetNamespace = NAMESPACE)
  @jakarta.jws.soap.SOAPBinding(style = jakarta.jws.soap.SOAPBinding.Style.RPC)
  public static class Rpc {
    @WebMethod(operationName = "Place", action = "urn:example:desk/Place") @WebResult(name = "receipt", partName = "receipt")
    public Receipt place(@WebParam(name = "order", partName = "order") Order order) throws RefusedMessage { return placed(order); }

    @WebMethod(operationName = "Ping", action = "urn:example:desk/Ping")
    public void ping() {}
  }

  public static void main(String[] given) {
    String base = "http://127.0.0.1:" + given[0];
    Endpoint.publish(base + "/desk11", new Desk11());
    Endpoint.publish(base + "/desk12", new Desk12());
    Endpoint.publish(base + "/rpc", new Rpc());
  }
}
