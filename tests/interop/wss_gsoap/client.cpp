// gSOAP with its wsse plug-in: `program ADDRESS MODE AMOUNT KEY CERTIFICATE PEER`; a line of stdout says what came back.
#include "soapBankSoapProxy.h"
#include "BankSoap.nsmap"
#include "plugin/wsseapi.h"
#include <cstdio>
#include <cstdlib>
#include <string>

static X509 *certificate(const char *path) {
  FILE *file = fopen(path, "r");
  X509 *found = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
  if (file) fclose(file);
  return found;
}

int main(int, char **given) {
  std::string address = given[1], mode = given[2];
  BankSoapProxy bank(address.c_str(), SOAP_XML_CANONICAL);
  soap *context = bank.soap;
  soap_register_plugin(context, soap_wsse);
  FILE *file = fopen(given[4], "r");
  context->cafile = given[6];
  EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
  if (file) fclose(file);
  X509 *own = certificate(given[5]), *peer = certificate(given[6]);
  if (mode == "digest") soap_wsse_add_UsernameTokenDigest(context, "User", "anna", "pass word");
  if (mode == "text") soap_wsse_add_UsernameTokenText(context, "User", "anna", "pass word");
  if (mode == "sign" || mode == "both") {
    soap_wsse_add_Timestamp(context, "Time", 60);
    soap_wsse_add_BinarySecurityTokenX509(context, "X509Token", own);
    soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(context, "#X509Token");
    soap_wsse_sign_body(context, SOAP_SMD_SIGN_RSA_SHA256, key, 0);
    soap_wsse_verify_auto(context, SOAP_SMD_NONE, NULL, 0);
  }
  if (mode == "encrypt" || mode == "both") {
    soap_wsse_add_EncryptedKey(context, SOAP_MEC_ENV_ENC_AES256_CBC | SOAP_MEC_GCM, "Cert", peer, NULL, NULL, NULL);
  }
  _ns1__Pay pay;
  pay.amount = atoi(given[3]);
  pay.to = "Ann";
  _ns1__PayResponse answer;
  bool signs = mode == "sign" || mode == "both";
  if (bank.Pay(&pay, answer) != SOAP_OK) {
    char words[400] = "";
    soap_sprint_fault(context, words, sizeof words);
    for (char *at = words; *at; at++) if (*at == '\n') *at = ' ';
    printf("refused %s\n", words);
  } else if (signs && soap_wsse_verify_body(context) != SOAP_OK) {
    printf("refused the answer's body is not signed\n");
  } else {
    printf("answer %s\n", answer.receipt.c_str());
  }
  return 0;
}
