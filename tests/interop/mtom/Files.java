package files;

import jakarta.activation.DataHandler;
import jakarta.activation.DataSource;
import jakarta.annotation.Resource;
import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.xml.bind.annotation.XmlAttachmentRef;
import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.BindingType;
import jakarta.xml.ws.Endpoint;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.WebServiceContext;
import jakarta.xml.ws.handler.MessageContext;
import jakarta.xml.ws.soap.MTOM;
import jakarta.xml.ws.soap.MTOMFeature;
import jakarta.xml.ws.soap.SOAPBinding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import javax.xml.namespace.QName;

/** Bytes there and back: `Files serve PORT [swa]` publishes /files11, /files12, /swa; `Files call WSDL ADDRESS SIZE MTOM` calls, `Files refer …` too. */
public final class Files {
  static final String NAMESPACE = "urn:example:files";

  @WebService(name = "FilesPort", targetNamespace = NAMESPACE)
  public interface Port {
    @WebMethod(operationName = "Turn") @WebResult(name = "bytes")
    byte[] turn(@WebParam(name = "bytes") byte[] bytes);

    @WebMethod(operationName = "How") @WebResult(name = "kind")
    String how(@WebParam(name = "bytes") byte[] bytes);
  }

  static byte[] turned(byte[] bytes) {
    byte[] back = new byte[bytes.length];
    for (int at = 0; at < bytes.length; at++) back[at] = bytes[bytes.length - 1 - at];
    return back;
  }

  @SuppressWarnings("unchecked")
  static String kind(WebServiceContext context) {
    var fields = (Map<String, List<String>>) context.getMessageContext().get(MessageContext.HTTP_REQUEST_HEADERS);
    for (var field : fields.entrySet()) {
      if (field.getKey().equalsIgnoreCase("Content-Type")) return field.getValue().get(0).split(";")[0];
    }
    return "";
  }

  @WebService(endpointInterface = "files.Files$Port", serviceName = "Files", portName = "FilesPort", targetNamespace = NAMESPACE)
  @MTOM(threshold = 100)
  public static class Files11 implements Port {
    @Resource WebServiceContext context;
    public byte[] turn(byte[] bytes) { return turned(bytes); }
    public String how(byte[] bytes) { return kind(context) + " " + bytes.length; }
  }

  @WebService(endpointInterface = "files.Files$Port", serviceName = "Files", portName = "FilesPort", targetNamespace = NAMESPACE)
  @BindingType(SOAPBinding.SOAP12HTTP_BINDING)
  @MTOM(threshold = 100)
  public static class Files12 implements Port {
    @Resource WebServiceContext context;
    public byte[] turn(byte[] bytes) { return turned(bytes); }
    public String how(byte[] bytes) { return kind(context) + " " + bytes.length; }
  }

  @WebService(name = "SwaPort", targetNamespace = NAMESPACE)
  public interface SwaPort {
    @WebMethod(operationName = "Refer") @WebResult(name = "bytes") @XmlAttachmentRef
    DataHandler refer(@WebParam(name = "bytes") @XmlAttachmentRef DataHandler bytes);
  }

  @WebService(endpointInterface = "files.Files$SwaPort", serviceName = "Swa", portName = "SwaPort", targetNamespace = NAMESPACE)
  public static class Swa implements SwaPort {
    public DataHandler refer(DataHandler bytes) {
      try {
        return handler(turned(bytes.getInputStream().readAllBytes()));
      } catch (IOException wrong) {
        throw new IllegalStateException(wrong);
      }
    }
  }

  static DataHandler handler(byte[] bytes) {
    return new DataHandler(new DataSource() {
      public InputStream getInputStream() { return new ByteArrayInputStream(bytes); }
      public OutputStream getOutputStream() { throw new UnsupportedOperationException(); }
      public String getContentType() { return "image/png"; }
      public String getName() { return "bytes"; }
    });
  }

  public static void main(String[] given) throws Exception {
    if (given[0].equals("serve")) {
      String base = "http://127.0.0.1:" + given[1];
      Endpoint.publish(base + "/files11", new Files11());
      Endpoint.publish(base + "/files12", new Files12());
      if (given.length > 2) Endpoint.publish(base + "/swa", new Swa());
      return;
    }
    if (given[0].equals("refer")) {
      Service service = Service.create(URI.create(given[1]).toURL(), new QName(NAMESPACE, "Swa"));
      SwaPort port = service.getPort(SwaPort.class);
      ((BindingProvider) port).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, given[2]);
      byte[] bytes = new byte[Integer.parseInt(given[3])];
      for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) at;
      byte[] back = port.refer(handler(bytes)).getInputStream().readAllBytes();
      System.out.println(java.util.Arrays.equals(back, turned(bytes)));
      return;
    }
    Service service = Service.create(URI.create(given[1]).toURL(), new QName(NAMESPACE, "Files"));
    Port port = service.getPort(Port.class, new MTOMFeature(Boolean.parseBoolean(given[4]), 100));
    ((BindingProvider) port).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, given[2]);
    byte[] bytes = new byte[Integer.parseInt(given[3])];
    for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) at;
    byte[] back = port.turn(bytes);
    System.out.println(java.util.Arrays.equals(back, turned(bytes)) + " " + port.how(bytes));
  }
}
