// gSOAP's client: `client ADDRESS…` places an order and a refused one at each address, one line of JSON each.
// The version is that of the WSDL it was made of.
#include "DeskBinding.nsmap"
#include "soapDeskBindingProxy.h"
#include <cstdio>
#include <cstdlib>

static std::string quoted(const std::string &text) {
  std::string made = "\"";
  for (char c : text) made += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return made + "\"";
}

static int place(DeskBindingProxy &desk, const char *sku, _ns1__PlaceResponse &answer) {
  struct soap *soap = desk.soap;
  ns1__Order *order = soap_new_ns1__Order(soap);
  order->customer = "Łukasz 東京 😀 <&>";
  order->due = "2026-11-30";
  order->express = true;
  order->priority = ns1__Priority__high;
  order->budget = 1152921504607351596LL;
  order->lines = soap_new_ns1__Lines(soap);
  for (int at = 0; at < 2; ++at) {
    ns1__Line *line = soap_new_ns1__Line(soap);
    line->sku = at ? "B" : sku;
    line->qty = at ? 1 : 2;
    line->price = at ? "0.10" : "12.50";
    order->lines->line.push_back(line);
  }
  order->tag.push_back("å");
  _ns1__Place asked;
  asked.order = order;
  return desk.Place(&asked, answer);
}

static int tell(const char *address) {
  DeskBindingProxy desk(address, SOAP_C_UTFSTRING | SOAP_XML_STRICT);
  _ns1__PlaceResponse answer;
  if (place(desk, "A-1", answer) != SOAP_OK) {
    desk.soap_stream_fault(std::cerr);
    return 1;
  }
  const ns1__Receipt &r = *answer.receipt;
  std::string skus;
  for (const std::string &sku : r.sku) skus += (skus.empty() ? "" : ",") + quoted(sku);
  std::printf("{\"id\":\"%lld\",\"text\":%s,\"total\":%s,\"due\":%s,\"comment\":%s,\"note\":%s,\"sku\":[%s],\"priority\":\"%s\"",
      (long long)r.id, quoted(r.text).c_str(), quoted(r.total).c_str(), quoted(r.due).c_str(),
      r.comment ? quoted(*r.comment).c_str() : "null", r.note ? quoted(*r.note).c_str() : "null", skus.c_str(),
      r.priority == ns1__Priority__high ? "high" : "low");
  _ns1__PlaceResponse none;
  if (place(desk, "boom", none) == SOAP_OK) return 2;
  const char *reason = desk.soap_fault_string();
  SOAP_ENV__Fault *fault = desk.soap->fault;
  SOAP_ENV__Detail *detail = fault->SOAP_ENV__Detail ? fault->SOAP_ENV__Detail : fault->detail;
  _ns1__Refused *refused = detail ? detail->ns1__Refused : 0;
  std::printf(",\"fault\":{\"reason\":%s,\"code\":%d}}\n", quoted(reason ? reason : "").c_str(), refused ? refused->code : 0);
  _ns1__Ping ping;
  _ns1__PingResponse pong;
  if (desk.Ping(&ping, pong) != SOAP_OK) {
    desk.soap_stream_fault(std::cerr);
    return 3;
  }
  return 0;
}

int main(int count, char **given) {
  for (int at = 1; at < count; ++at)
    if (int wrong = tell(given[at])) return wrong;
  return 0;
}
