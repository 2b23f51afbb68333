<?php
// The desk on PHP's own SoapServer, a router script of `php -S`: /desk11, /desk12, /encoded11, /encoded12, each with ?wsdl.
// The folder of the WSDLs is in DESK; every path has its NAME.wsdl there.
ini_set('soap.wsdl_cache_enabled', '0');
ini_set('precision', '17');

class Desk
{
    public function __construct(private bool $encoded) {}

    private function placed(object $order): array
    {
        $lines = $this->encoded ? $order->lines : ($order->lines->line ?? []);
        $lines = is_array($lines) ? $lines : [$lines];
        $cents = 0;
        $skus = [];
        foreach ($lines as $line) {
            if ($line->sku === 'boom') {
                throw new SoapFault('Server', 'Slut på lager', null, ['code' => 42, 'reason' => 'åäö'], 'Refused');
            }
            $cents += $line->qty * (int) round(100 * (float) $line->price);
            $skus[] = $line->sku;
        }
        $receipt = ['id' => $order->budget, 'text' => "Hej, {$order->customer}",
            'total' => sprintf('%d.%02d', intdiv($cents, 100), $cents % 100), 'when' => date('c'), 'due' => $order->due,
            'comment' => $order->comment, 'priority' => $order->priority, 'sku' => $skus];
        if (isset($order->note)) {
            $receipt['note'] = $order->note;
        }
        return $receipt;
    }

    public function Place($order)
    {
        if ($this->encoded) {
            return $this->placed($order);
        }
        return ['receipt' => $this->placed($order->order)];
    }

    public function Ping($nothing = null) { return $this->encoded ? null : []; }
}

$name = trim(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/');
$wsdl = getenv('DESK') . "/$name.wsdl";
if (!is_file($wsdl)) {
    http_response_code(404);
    exit;
}
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    header('Content-Type: text/xml');
    readfile($wsdl);
    exit;
}
$server = new SoapServer($wsdl, ['soap_version' => str_ends_with($name, '12') ? SOAP_1_2 : SOAP_1_1]);
$server->setObject(new Desk(str_starts_with($name, 'encoded')));
$server->handle();
