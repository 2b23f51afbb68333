"""The law of the refused: WSDLs of the corpus that are refused, each read by a person and found at fault itself.

The file, a part of the words that it is refused with, and what is added where those do not say whose fault it is. A
refusal that does not stand here is ours.
"""

from __future__ import annotations

from typing import Final

_DTD: Final = "a policy of ours, no document type declaration is read"
_PIECE: Final = "a piece that others import, not a contract by itself"
_OTHER: Final = "a file of another kind with the suffix of a WSDL"

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/bughanging/wsdl/wsrf.wsdl": ("is referred to, but the namespace is not imported", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/bughanging/wsdl/sgw-2.wsdl": ("is referred to, but the namespace is not imported", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/bughanging/wsdl/rw-2.wsdl": ("is referred to, but the namespace is not imported", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/bughanging/wsdl/rpw-2.wsdl": ("is referred to, but the namespace is not imported", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/bughanging/wsdl/rlw-2.wsdl": ("is referred to, but the namespace is not imported", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/bughanging/wsdl/bfw-2.wsdl": ("is referred to, but the namespace is not imported", ""),
    "axis2/modules/jaxws-integration/src/test/java/org/apache/axis2/jaxws/proxy/rpclit/META-INF/RPCLit.wsdl": ("wsdl:part simple2In1: the message {http://org/apache/axis2/jaxws/proxy/r", ""),
    "axis2/modules/jaxws-integration/src/test/java/org/apache/axis2/jaxws/sample/dlwmin/META-INF/greeter.wsdl": ("unknown type 'xsd:base64binary'", ""),
    "axis2/modules/jaxws-integration/src/test/java/org/apache/axis2/jaxws/swamtom/server/META-INF/swamtomservice.wsdl": ("wsdl:part mtom_in: no schema declares the element {http://swamtomservi", ""),
    "axis2/modules/jaxws-integration/test-resources/wsdl/JAXB_Customization_Sample.wsdl": ("jaxb:schemaBindings may not stand here, as child 5", ""),
    "axis2/modules/jaxws-integration/test-resources/wsdl/RPCLit.wsdl": ("wsdl:part simple2In1: the message {http://org/apache/axis2/jaxws/proxy/r", ""),
    "axis2/modules/jaxws-integration/test-resources/wsdl/swamtomservice.wsdl": ("wsdl:part mtom_in: no schema declares the element {http://swamtomservi", ""),
    "axis2/modules/kernel/test-resources/wsdl/imports/binding/EchoBindings.wsdl": ("wsdl:portType {http://tempuri.org}EchoServicePortType is not declared", _PIECE),
    "axis2/modules/kernel/test-resources/wsdl/test1.wsdl": ("wsdl:part echo: no schema declares the element {http://ws.apache.org/a", ""),
    "axis2/modules/kernel/test-resources/wsdl/test2.wsdl": ("wsdl:part echo: no schema declares the element {http://ws.apache.org/a", ""),
    "axis2/modules/metadata/test-resources/wsdl/ClientEndpointMetadata.wsdl": ("wsdl:part message: no schema declares the element {http://org.apache.a", ""),
    "axis2/modules/metadata/test-resources/wsdl/RespectBinding.wsdl": ("wsdl:message echo is declared twice", ""),
    "axis2/modules/xmlbeans/test-resources/dime-doc.wsdl": ("a complexType ancestor required: simpleType xs:base64Binary", ""),
    "axis2/modules/xmlbeans/test-resources/no-service.wsdl": ("wsdl:message {http://www.gridforum.org/cddlm/deployapi/2005/02/wsdl}De", ""),
    "axis2/modules/xmlbeans/test-resources/ping-modified.wsdl": ("prefix 'tns' is not declared here", ""),
    "axis2/modules/xmlbeans/test-resources/unreferenced.wsdl": ("wsdl:part param: no schema declares the element {http://soapinterop.or", ""),
    "cxf/maven-plugins/archetypes/cxf-jaxws-wsdlfirst/src/main/resources/archetype-resources/src/main/webapp/WEB-INF/wsdl/HelloWorld.wsdl": ("not well-formed XML: Start tag expected, '<' not found", ""),
    "cxf/rt/ws/policy/src/test/java/org/apache/cxf/ws/policy/attachment/reference/referring.wsdl": ("not well-formed XML: Document is empty", _OTHER),
    "cxf/rt/ws/policy/src/test/resources/attachment/wsdl11/test100.wsdl": ("not well-formed XML: error parsing attribute name", ""),
    "cxf/rt/ws/security/src/test/resources/org/apache/cxf/ws/security/sts/wcf.wsdl": ("neither WSDL nor XML Schema: its root is {http://www.w3.org/2003/05/so", _OTHER),
    "cxf/rt/wsdl/src/test/resources/org/apache/cxf/wsdl11/hello_world_ext.wsdl": ("character data between child elements not allowed", ""),
    "cxf/rt/wsdl/src/test/resources/org/apache/cxf/wsdl11/wsdl_xxe_import_main.wsdl": ("a document type declaration (DTD) is not read", _DTD),
    "cxf/services/xkms/xkms-common/src/main/model/xkms.wsdl": ("a document type declaration (DTD) is not read", _DTD),
    "cxf/systests/jaxws/src/test/resources/wsdl_systest_jaxws/cxf4130.wsdl": ("character data between child elements not allowed", ""),
    "cxf/systests/transport-jms/src/test/resources/swa-mime_jms.wsdl": ("style is 'literal'", ""),
    "cxf/testutils/src/main/resources/wsdl/catalog/hello_world_port_type.wsdl": ("wsdl:input: message='x1:sayHiRequest': the prefix x1 is not declared here", ""),
    "cxf/testutils/src/main/resources/wsdl/header_doc_lit.wsdl": ("soap:body: parts names 'in', which the message {http://apache.org/head", ""),
    "cxf/testutils/src/main/resources/wsdl/others/hello_world_bindings_catalog.wsdl": ("the attribute 'namespace' must be different from schema's 'targetNames", ""),
    "cxf/testutils/src/main/resources/wsdl/others/hello_world_messages_catalog.wsdl": ("the attribute 'namespace' must be different from schema's 'targetNames", ""),
    "cxf/testutils/src/main/resources/wsdl/others/hello_world_services_catalog.wsdl": ("the attribute 'namespace' must be different from schema's 'targetNames", ""),
    "cxf/testutils/src/main/resources/wsdl/others/hello_world_wsdl_import_catalog.wsdl": ("the attribute 'namespace' must be different from schema's 'targetNames", ""),
    "cxf/testutils/src/main/resources/wsdl/swa-mime-nomime.wsdl": ("style is 'literal'", ""),
    "cxf/tools/corba/src/test/resources/idl/expected_Anonboundedsequence.wsdl": ("Element Declarations Consistent violation between element unionSeqLong", ""),
    "cxf/tools/corba/src/test/resources/idl/expected_Struct_multiple_dcl.wsdl": ("Element Declarations Consistent violation between element s3_s1 and el", ""),
    "cxf/tools/corba/src/test/resources/idlgen/TypeInheritance.wsdl": ("xsd:sequence may not stand here, as child 2", ""),
    "cxf/tools/corba/src/test/resources/idlgen/complex_types.wsdl": ("a complexType ancestor required: simpleType xs:decimal", ""),
    "cxf/tools/corba/src/test/resources/idlgen/content.wsdl": ("xsd:all may not stand here, as child 2", ""),
    "cxf/tools/corba/src/test/resources/idlgen/enum.wsdl": ("a facet that this type does not have", ""),
    "cxf/tools/corba/src/test/resources/wsdl/TypeInheritance.wsdl": ("xsd:attribute may not stand here, as child 2", ""),
    "cxf/tools/corba/src/test/resources/wsdl/complexRestriction.wsdl": ("a complexType ancestor required: simpleType xs:string", ""),
    "cxf/tools/corba/src/test/resources/wsdl/content.wsdl": ("xsd:all may not stand here, as child 2", ""),
    "cxf/tools/corba/src/test/resources/wsdl/importType.wsdl": ("and 2 more", "types without the namespace of XML Schema"),
    "cxf/tools/corba/src/test/resources/wsdl/restrictedStruct.wsdl": ("the derived group is an illegal restriction", ""),
    "cxf/tools/javato/ws/src/test/resources/org/apache/cxf/tools/java2wsdl/processor/internal/jaxws/expected/expected_stock_bare.wsdl": ("not well-formed XML: XML declaration allowed only at the start of the", ""),
    "cxf/tools/wsdlto/core/src/test/resources/folder with spaces/import_test.wsdl": ("character data between child elements not allowed", ""),
    "cxf/tools/wsdlto/frontend/jaxws/src/test/java/org/apache/cxf/tools/wsdlto/frontend/jaxws/customization/expected/inline_jaxws.wsdl": ("not well-formed XML: xmlns:jaxws: 'http: //java.sun.com/xml/ns/jaxws'", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/bug305728/hello_world2.wsdl": ("the attribute 'namespace' must be different from schema's 'targetNames", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/cxf1137/helloWorld.wsdl": ("wsdl:portType {http://company.hw.demo/}HelloWorld is not declared", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/cxf1969/report_incident.wsdl": ("wsdl:portType  is not declared", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/cxf805/hello_world_with_typo.wsdl": ("wsdl:part in: no schema declares the element {http://cxf.apache.org/w2", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/hello_world_jaxws_binding.wsdl": ("neither WSDL nor XML Schema: its root is {https://jakarta.ee/xml/ns/ja", _OTHER),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/hello_world_with_invalid_schema.wsdl": ("an xs:simpleType definition expected", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/mime-inout.wsdl": ("style is 'literal'", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/mime_binding.wsdl": ("neither WSDL nor XML Schema: its root is {https://jakarta.ee/xml/ns/ja", _OTHER),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/pizza.wsdl": ("wsdl:part body: no schema declares the element {http://mypizzaco.com/p", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/pizza_messages.wsdl": ("the attribute 'namespace' must be different from schema's 'targetNames", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/test_catalog_messages.wsdl": ("wsdl:part in: no schema declares the element {http://cxf.apache.org/w2", ""),
    "cxf/tools/wsdlto/test/src/test/resources/wsdl2java_wsdl/ws_address_binding.wsdl": ("neither WSDL nor XML Schema: its root is {https://jakarta.ee/xml/ns/ja", _OTHER),
    "membrane/core/src/test/resources/ws/import/message-references-import.wsdl": ("wsdl:operation test: the port type {http://example.com/cyclic}TestPort", ""),
    "membrane/core/src/test/resources/ws/malformed-include.wsdl": ("not well-formed XML: Opening and ending tag mismatch: element line 4 a", ""),
    "spring-ws/spring-ws-core/src/test/resources/org/springframework/ws/transport/http/wsdl11-expected.wsdl": ("wsdl:part body: no schema declares the element {http://www.springframe", ""),
    "spring-ws/spring-ws-core/src/test/resources/org/springframework/ws/transport/http/wsdl11-input.wsdl": ("wsdl:part body: no schema declares the element {http://www.springframe", ""),
    "spring-ws/spring-ws-core/src/test/resources/org/springframework/ws/wsdl/wsdl11/concrete.wsdl": ("wsdl:binding {http://www.springframework.org/spring-ws/wsdl/definition", _PIECE),
}
