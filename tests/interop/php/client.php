<?php
// PHP's own SoapClient: `client.php 1.1|1.2 WSDL…` places an order and a refused one at each address, one line of JSON each.
ini_set('soap.wsdl_cache_enabled', '0');
[$script, $version] = $argv;
foreach (array_slice($argv, 2) as $wsdl) {
    $client = new SoapClient($wsdl, ['soap_version' => $version === '1.2' ? SOAP_1_2 : SOAP_1_1,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
    $encoded = str_starts_with($client->__getFunctions()[0], 'Receipt ');
    $place = function (string $sku) use ($client, $encoded) {
        $lines = [['sku' => $sku, 'qty' => 2, 'price' => '12.50'], ['sku' => 'B', 'qty' => 1, 'price' => '0.10']];
        $order = ['customer' => 'Łukasz 東京 😀 <&>', 'due' => '2026-11-30', 'express' => true, 'priority' => 'high',
            'budget' => 1152921504607351596, 'comment' => null, 'lines' => $encoded ? $lines : ['line' => $lines],
            'tag' => ['å']];
        return $encoded ? $client->Place($order) : $client->Place(['order' => $order])->receipt;
    };
    $receipt = $place('A-1');
    $told = ['id' => (string) $receipt->id, 'text' => $receipt->text, 'total' => (string) $receipt->total,
        'due' => $receipt->due, 'comment' => $receipt->comment, 'note' => $receipt->note ?? null, 'sku' => $receipt->sku,
        'priority' => $receipt->priority];
    try {
        $place('boom');
    } catch (SoapFault $fault) {
        $detail = (array) ($fault->detail ?? []);
        $detail = (array) ($detail['Refused'] ?? []);
        $told['fault'] = ['reason' => $fault->getMessage(), 'code' => (int) ($detail['code'] ?? 0)];
    }
    $client->Ping();
    echo json_encode($told, JSON_UNESCAPED_UNICODE), "\n";
}
