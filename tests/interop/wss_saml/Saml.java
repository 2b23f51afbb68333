// WSS4J's SAML tokens on the command line: an envelope on stdin, the result on stdout.
// java Saml bearer|holder|holder-direct|holder-value|verify KEYSTORE PASSWORD
// The issuer is `alice`, the holder `eve`: aliases of the keystore.
import java.io.ByteArrayInputStream;
import java.io.File;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
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
import org.apache.ws.security.components.crypto.CryptoType;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSAMLToken;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.saml.WSSecSignatureSAML;
import org.apache.ws.security.saml.ext.AssertionWrapper;
import org.apache.ws.security.saml.ext.SAMLCallback;
import org.apache.ws.security.saml.ext.SAMLParms;
import org.apache.ws.security.saml.ext.bean.AttributeBean;
import org.apache.ws.security.saml.ext.bean.AttributeStatementBean;
import org.apache.ws.security.saml.ext.bean.ConditionsBean;
import org.apache.ws.security.saml.ext.bean.KeyInfoBean;
import org.apache.ws.security.saml.ext.bean.SubjectBean;
import org.joda.time.DateTime;
import org.opensaml.common.SAMLVersion;
import org.w3c.dom.Document;

public class Saml {
    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    static final String SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    static final String RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
    static final String CONFIRMED = "urn:oasis:names:tc:SAML:2.0:cm:";

    public static void main(String[] given) throws Exception {
        String work = given[0];
        WSSConfig.init();
        Properties settings = new Properties();
        settings.put("org.apache.ws.security.crypto.provider", "org.apache.ws.security.components.crypto.Merlin");
        settings.put("org.apache.ws.security.crypto.merlin.keystore.type", "pkcs12");
        settings.put("org.apache.ws.security.crypto.merlin.keystore.password", given[2]);
        settings.put("org.apache.ws.security.crypto.merlin.keystore.file", new File(given[1]).getAbsolutePath());
        Crypto crypto = CryptoFactory.getInstance(settings);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(System.in.readAllBytes()));
        if (work.equals("verify")) {
            verify(document, crypto, given[2]);
            return;
        }
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(document);
        WSSecTimestamp stamp = new WSSecTimestamp();
        stamp.setTimeToLive(300);
        stamp.build(document, header);
        AssertionWrapper assertion = assertion(work, crypto);
        assertion.signAssertion("alice", given[2], crypto, work.endsWith("value"), EXCLUSIVE, RSA_SHA256, SHA256);
        if (work.equals("bearer")) {
            new WSSecSAMLToken().build(document, assertion, header);
        } else {
            sign(work, document, header, assertion, crypto, given[2]);
        }
        Transformer writer = TransformerFactory.newInstance().newTransformer();
        writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        writer.transform(new DOMSource(document), new StreamResult(System.out));
    }

    static AssertionWrapper assertion(String work, Crypto crypto) throws Exception {
        CryptoType eve = new CryptoType(CryptoType.TYPE.ALIAS);
        eve.setAlias("eve");
        X509Certificate holder = crypto.getX509Certificates(eve)[0];
        String method = work.startsWith("holder") ? "holder-of-key" : "bearer";
        CallbackHandler handler = callbacks -> {
            SAMLCallback asked = (SAMLCallback) callbacks[0];
            asked.setSamlVersion(SAMLVersion.VERSION_20);
            asked.setIssuer("https://idp.example");
            SubjectBean subject = new SubjectBean("anna", "", CONFIRMED + method);
            if (work.startsWith("holder")) {
                KeyInfoBean key = new KeyInfoBean();
                key.setCertificate(holder);
                key.setCertIdentifer(work.endsWith("value")
                    ? KeyInfoBean.CERT_IDENTIFIER.KEY_VALUE : KeyInfoBean.CERT_IDENTIFIER.X509_CERT);
                subject.setKeyInfo(key);
            }
            asked.setSubject(subject);
            ConditionsBean conditions = new ConditionsBean(new DateTime().minusMinutes(1), new DateTime().plusMinutes(5));
            conditions.setAudienceURI("urn:gateway");
            asked.setConditions(conditions);
            AttributeBean mail = new AttributeBean("mail", "mail", Collections.singletonList("anna@example"));
            AttributeStatementBean said = new AttributeStatementBean();
            said.setSamlAttributes(Collections.singletonList(mail));
            asked.setAttributeStatementData(Collections.singletonList(said));
        };
        SAMLParms parms = new SAMLParms();
        parms.setCallbackHandler(handler);
        return new AssertionWrapper(parms);
    }

    static void sign(String work, Document document, WSSecHeader header, AssertionWrapper assertion, Crypto crypto,
            String password) throws Exception {
        WSSecSignatureSAML signature = new WSSecSignatureSAML();
        signature.setUserInfo("eve", password);
        signature.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
        signature.setUseDirectReferenceToAssertion(work.endsWith("direct"));
        signature.setSignatureAlgorithm(RSA_SHA256);
        signature.setDigestAlgo(SHA256);
        List<WSEncryptionPart> parts = new ArrayList<>();
        parts.add(new WSEncryptionPart("Body", SOAP, ""));
        parts.add(new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, ""));
        if (!work.endsWith("value")) {
            parts.add(new WSEncryptionPart("STRTransform", "", "Content"));
        }
        signature.setParts(parts);
        signature.build(document, crypto, assertion, null, null, password, header);
    }

    static void verify(Document document, Crypto crypto, String password) throws Exception {
        CallbackHandler handler = callbacks -> {
            for (Callback each : callbacks) {
                ((WSPasswordCallback) each).setPassword(password);
            }
        };
        List<String> done = new ArrayList<>();
        for (WSSecurityEngineResult each : new WSSecurityEngine().processSecurityHeader(document, null, handler, crypto)) {
            int action = (Integer) each.get(WSSecurityEngineResult.TAG_ACTION);
            if (action == WSConstants.ST_SIGNED) {
                AssertionWrapper found = (AssertionWrapper) each.get(WSSecurityEngineResult.TAG_SAML_ASSERTION);
                done.add("saml " + found.getIssuerString() + " " + found.getSaml2().getSubject().getNameID().getValue());
            } else if (action == WSConstants.SIGN) {
                done.add("sign " + ((List<?>) each.get(WSSecurityEngineResult.TAG_DATA_REF_URIS)).size());
            }
        }
        Collections.sort(done);
        System.out.println(String.join("; ", done));
    }
}
