// WSS4J on the command line: an envelope on stdin, the work named by the arguments, the result on stdout.
// java Wss4j sign|encrypt|sign-encrypt|username|verify KEYSTORE PASSWORD [REFERENCE]
import java.io.ByteArrayInputStream;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Vector;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSPasswordCallback;
import org.apache.ws.security.WSSConfig;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.components.crypto.Crypto;
import org.apache.ws.security.components.crypto.CryptoFactory;
import org.apache.ws.security.message.WSSecEncrypt;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.message.WSSecUsernameToken;
import org.w3c.dom.Document;

public class Wss4j {
    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";

    public static void main(String[] arguments) throws Exception {
        String work = arguments[0];
        WSSConfig.init();
        Properties settings = new Properties();
        settings.put("org.apache.ws.security.crypto.provider", "org.apache.ws.security.components.crypto.Merlin");
        settings.put("org.apache.ws.security.crypto.merlin.keystore.type", "pkcs12");
        settings.put("org.apache.ws.security.crypto.merlin.keystore.password", arguments[2]);
        settings.put("org.apache.ws.security.crypto.merlin.keystore.file", new File(arguments[1]).getAbsolutePath());
        Crypto crypto = CryptoFactory.getInstance(settings);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(System.in.readAllBytes()));
        if (work.equals("verify")) {
            verify(document, crypto, arguments[2]);
            return;
        }
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(document);
        int reference = arguments.length > 3 ? reference(arguments[3]) : WSConstants.BST_DIRECT_REFERENCE;
        if (work.equals("username")) {
            WSSecUsernameToken token = new WSSecUsernameToken();
            token.setPasswordType(WSConstants.PASSWORD_DIGEST);
            token.setUserInfo("anna", "pass word");
            token.addNonce();
            token.addCreated();
            token.build(document, header);
        }
        if (work.startsWith("sign")) {
            sign(document, header, crypto, arguments[2], reference);
        }
        if (work.endsWith("encrypt")) {
            encrypt(document, header, crypto);
        }
        Transformer writer = TransformerFactory.newInstance().newTransformer();
        writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        writer.transform(new DOMSource(document), new StreamResult(System.out));
    }

    static int reference(String name) {
        switch (name) {
            case "issuer-serial": return WSConstants.ISSUER_SERIAL;
            case "key-identifier": return WSConstants.SKI_KEY_IDENTIFIER;
            case "thumbprint": return WSConstants.THUMBPRINT_IDENTIFIER;
            default: return WSConstants.BST_DIRECT_REFERENCE;
        }
    }

    static void sign(Document document, WSSecHeader header, Crypto crypto, String password, int reference)
            throws Exception {
        WSSecTimestamp stamp = new WSSecTimestamp();
        stamp.setTimeToLive(300);
        stamp.build(document, header);
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo("alice", password);
        signature.setKeyIdentifierType(reference);
        signature.setSignatureAlgorithm("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
        signature.setDigestAlgo("http://www.w3.org/2001/04/xmlenc#sha256");
        List<WSEncryptionPart> parts = new ArrayList<>();
        parts.add(new WSEncryptionPart("Body", SOAP, ""));
        parts.add(new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, ""));
        signature.setParts(parts);
        signature.build(document, crypto, header);
    }

    static void encrypt(Document document, WSSecHeader header, Crypto crypto) throws Exception {
        WSSecEncrypt encrypt = new WSSecEncrypt();
        encrypt.setUserInfo("bob");
        encrypt.setKeyIdentifierType(WSConstants.ISSUER_SERIAL);
        encrypt.setSymmetricEncAlgorithm("http://www.w3.org/2009/xmlenc11#aes128-gcm");
        encrypt.setKeyEncAlgo("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p");
        encrypt.build(document, crypto, header);
    }

    static void verify(Document document, Crypto crypto, String password) throws Exception {
        CallbackHandler handler = callbacks -> {
            for (Callback each : callbacks) {
                WSPasswordCallback asked = (WSPasswordCallback) each;
                asked.setPassword("anna".equals(asked.getIdentifier()) ? "pass word" : password);
            }
        };
        List<WSSecurityEngineResult> results =
            new WSSecurityEngine().processSecurityHeader(document, null, handler, crypto);
        Vector<String> done = new Vector<>();
        for (WSSecurityEngineResult result : results == null ? new ArrayList<WSSecurityEngineResult>() : results) {
            switch ((Integer) result.get(WSSecurityEngineResult.TAG_ACTION)) {
                case WSConstants.UT: done.add("username"); break;
                case WSConstants.SIGN: done.add("sign"); break;
                case WSConstants.ENCR: done.add("encrypt"); break;
                case WSConstants.TS: done.add("timestamp"); break;
                default: break;
            }
        }
        System.out.println(String.join(" ", done));
        System.out.println(document.getElementsByTagNameNS(SOAP, "Body").item(0).getTextContent());
    }
}
