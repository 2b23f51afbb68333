import jakarta.xml.ws.Endpoint;
import jakarta.xml.ws.Dispatch;
import jakarta.xml.ws.Provider;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.ServiceMode;
import jakarta.xml.ws.WebServiceProvider;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.xml.namespace.QName;
import javax.xml.transform.Source;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.apache.cxf.jaxws.EndpointImpl;
import org.apache.wss4j.common.ext.WSPasswordCallback;

/** A CXF service for each WSDL of a folder, secured by the WSDL's policy; and a CXF client for a WSDL, line by line.
 * `Cxf FOLDER PORT KEYSTORE`: serves FOLDER/NAME.wsdl at /NAME. Each line of stdin, `NAME ADDRESS AMOUNT`, makes the
 * client call ADDRESS by the policy of NAME.wsdl; a line of stdout says what came back. */
public class Cxf {
    static final QName SERVICE = new QName("urn:bank", "Bank");
    static final QName PORT = new QName("urn:bank", "BankSoap");

    public static void main(String[] given) throws Exception {
        String keystore = given[2];
        for (File wsdl : new File(given[0]).listFiles((folder, name) -> name.endsWith(".wsdl"))) {
            String name = wsdl.getName().replace(".wsdl", "");
            EndpointImpl endpoint = new EndpointImpl(new Bank());
            endpoint.setWsdlLocation(wsdl.toURI().toString());
            endpoint.setServiceName(SERVICE);
            endpoint.setEndpointName(PORT);
            endpoint.setProperties(new HashMap<>(security(keystore, "server", "client")));
            endpoint.publish("http://127.0.0.1:" + given[1] + "/" + name);
        }
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            System.out.println(call(new File(given[0], words[0] + ".wsdl"), words[1], words[2], keystore));
        }
        System.exit(0);
    }

    static String call(File wsdl, String address, String amount, String keystore) {
        try {
            Service service = Service.create(wsdl.toURI().toURL(), SERVICE);
            Dispatch<Source> dispatch = service.createDispatch(PORT, Source.class, Service.Mode.PAYLOAD);
            Map<String, Object> context = dispatch.getRequestContext();
            context.put("jakarta.xml.ws.service.endpoint.address", address);
            context.put("jakarta.xml.ws.soap.http.soapaction.use", true);
            context.put("jakarta.xml.ws.soap.http.soapaction.uri", "pay");
            context.put("find.dispatch.operation", true);
            context.putAll(security(keystore, "client", "server"));
            String pay = "<Pay xmlns='urn:bank'><amount>" + amount + "</amount><to>Ann</to></Pay>";
            return "answer " + text(dispatch.invoke(new StreamSource(new StringReader(pay))));
        } catch (Exception error) {
            return "refused " + error.toString().replaceAll("\\s+", " ");
        }
    }

    static Map<String, Object> security(String keystore, String own, String peer) {
        Properties crypto = new Properties();
        crypto.put("org.apache.wss4j.crypto.provider", "org.apache.wss4j.common.crypto.Merlin");
        crypto.put("org.apache.wss4j.crypto.merlin.keystore.type", "PKCS12");
        crypto.put("org.apache.wss4j.crypto.merlin.keystore.file", keystore);
        crypto.put("org.apache.wss4j.crypto.merlin.keystore.password", "changeit");
        Map<String, Object> found = new HashMap<>();
        found.put("security.callback-handler", new Passwords());
        found.put("security.username", "anna");
        found.put("security.signature.properties", crypto);
        found.put("security.signature.username", own);
        found.put("security.encryption.properties", crypto);
        found.put("security.encryption.username", peer);
        String suite = "ws-security.custom.alg.suite.";
        found.put("ws-security.asymmetric.signature.algorithm", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
        found.put("ws-security.symmetric.signature.algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
        found.put(suite + "digest.algorithm", "http://www.w3.org/2001/04/xmlenc#sha256");
        found.put(suite + "encryption.algorithm", "http://www.w3.org/2009/xmlenc11#aes256-gcm");
        found.put(suite + "asymmetric.key.encryption.algorithm", "http://www.w3.org/2009/xmlenc11#rsa-oaep");
        found.put("ws-security.is-bsp-compliant", "false");
        return found;
    }

    public static class Passwords implements CallbackHandler {
        public void handle(Callback[] callbacks) {
            for (Callback each : callbacks) {
                WSPasswordCallback asked = (WSPasswordCallback) each;
                asked.setPassword("anna".equals(asked.getIdentifier()) ? "pass word" : "changeit");
            }
        }
    }

    static String text(Source source) throws Exception {
        StringWriter written = new StringWriter();
        var transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty("omit-xml-declaration", "yes");
        transformer.transform(source, new StreamResult(written));
        return written.toString().replaceAll("\\s+", " ");
    }

    @WebServiceProvider
    @ServiceMode(Service.Mode.PAYLOAD)
    public static class Bank implements Provider<Source> {
        public Source invoke(Source request) {
            try {
                String asked = text(request);
                String amount = asked.replaceAll("(?s).*<(\\w+:)?amount[^>]*>([^<]*)<.*", "$2");
                return new StreamSource(new StringReader(
                    "<PayResponse xmlns='urn:bank'><receipt>paid " + amount + "</receipt></PayResponse>"));
            } catch (Exception error) {
                throw new RuntimeException(error);
            }
        }
    }
}
