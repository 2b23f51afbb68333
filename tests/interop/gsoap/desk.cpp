// The desk on gSOAP: `desk FOLDER PORT` serves /desk11 and /desk12 (one service: it answers in the version it is asked in).
#include "DeskBinding.nsmap"
#include "soapDeskBindingService.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>

static const char *folder;

// GET /NAME?wsdl gives FOLDER/NAME.wsdl.
static int give(struct soap *soap) {
  std::string path(soap->path + 1);
  path = std::string(folder) + "/" + path.substr(0, path.find('?')) + ".wsdl";
  FILE *file = std::fopen(path.c_str(), "r");
  if (!file) return 404;
  soap->http_content = "text/xml; charset=utf-8";
  soap_response(soap, SOAP_FILE);
  char piece[4096];
  for (size_t n; (n = std::fread(piece, 1, sizeof piece, file)) > 0;) soap_send_raw(soap, piece, n);
  std::fclose(file);
  return soap_end_send(soap);
}

int DeskBindingService::Place(_ns1__Place *asked, _ns1__PlaceResponse &answer) {
  ns1__Order *order = asked->order;
  ns1__Receipt *receipt = soap_new_ns1__Receipt(soap);
  long cents = 0;
  for (ns1__Line *line : order->lines->line) {
    if (line->sku == "boom")
      return soap_receiverfault("Slut på lager",
          "<d:Refused xmlns:d=\"urn:example:desk\"><d:code>42</d:code><d:reason>åäö</d:reason></d:Refused>");
    cents += line->qty * std::lround(100 * std::atof(line->price.c_str()));
    receipt->sku.push_back(line->sku);
  }
  char total[32];
  std::snprintf(total, sizeof total, "%ld.%02ld", cents / 100, cents % 100);
  receipt->id = order->budget;
  receipt->text = "Hej, " + order->customer;
  receipt->total = total;
  receipt->when = time(0);
  receipt->due = order->due;
  receipt->comment = order->comment;
  receipt->note = order->note;
  receipt->priority = order->priority;
  answer.receipt = receipt;
  return SOAP_OK;
}

int DeskBindingService::Ping(_ns1__Ping *, _ns1__PingResponse &) { return SOAP_OK; }

int main(int, char **given) {
  folder = given[1];
  DeskBindingService service(SOAP_IO_KEEPALIVE | SOAP_XML_INDENT | SOAP_C_UTFSTRING);
  struct soap *soap = service.soap;
  soap->fget = give;
  soap->bind_flags = SO_REUSEADDR;
  soap->send_timeout = 10;
  soap->recv_timeout = 1; // it serves one connection at a time: an idle one must not keep the next waiting
  if (!soap_valid_socket(service.bind("127.0.0.1", std::atoi(given[2]), 100))) return 1;
  for (;;) { // run() would end at the first bad request
    if (!soap_valid_socket(service.accept())) continue;
    service.serve();
    service.destroy();
  }
}
