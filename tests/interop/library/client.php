<?php
// PHP's own SoapClient: `client.php 1.1|1.2 WSDL` reads, lists, adds and drops books, meets a fault; one line of JSON.
ini_set('soap.wsdl_cache_enabled', '0');
[$script, $version, $wsdl] = $argv;
$library = new SoapClient($wsdl, ['soap_version' => $version === '1.2' ? SOAP_1_2 : SOAP_1_1,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);

function told(object $book): array
{
    if (!is_int($book->id) || !is_bool($book->lent)) {
        throw new Exception('the stub has no types');
    }
    $counts = [];
    foreach ($book->counts->entry ?? [] as $entry) {
        $counts[$entry->key] = (string) $entry->value;
    }
    return ['id' => (string) $book->id, 'title' => $book->title, 'subtitle' => $book->subtitle,
        'genre' => $book->genre, 'published' => $book->published, 'added' => $book->added,
        'price' => (string) $book->price, 'lent' => $book->lent,
        'authors' => array_map(fn ($a) => [$a->name, isset($a->born) ? (string) $a->born : null], $book->authors->item),
        'tags' => $book->tags->item ?? [], 'shelf' => $book->shelf_mark ?? null, 'counts' => (object) $counts];
}

$read = told($library->getBook(['book-id' => 1152921504607351596])->result);
$page = $library->listBooks(['genre' => ['novel', 'non-fiction'], 'page' => 2, 'size' => 10])->result;
$empty = $library->listBooks()->result;
$added = told($library->addBook(['body' => ['title' => 'Łódź <&> 東京 😀', 'subtitle' => null, 'genre' => 'non-fiction',
    'published' => '1999-02-28', 'added' => '2026-11-22T05:40:00Z', 'price' => '12.50', 'lent' => true,
    'authors' => ['item' => [['name' => 'Ada', 'born' => 1815], ['name' => 'Bo', 'born' => null]]],
    'tags' => ['item' => ['å', 'b c']], 'shelf_mark' => 'K 7',
    'counts' => ['entry' => [['key' => 'a b', 'value' => 3]]]]])->result);
$gone = (array) $library->deleteBook(['book-id' => 7]) === [];
try {
    $library->getBook(['book-id' => 404]);
    $fault = null;
} catch (SoapFault $caught) {
    $detail = $caught->detail->ProblemFault;
    $fault = ['reason' => $caught->getMessage(), 'title' => $detail->title, 'status' => (string) $detail->status,
        'book' => (string) $detail->book, 'hints' => $detail->hints->item];
}
echo json_encode(['read' => $read, 'total' => (string) $page->total,
    'ids' => array_map(fn ($book) => (string) $book->id, $page->books->item),
    'none' => count($empty->books->item ?? []), 'added' => $added, 'gone' => $gone, 'fault' => $fault], JSON_UNESCAPED_UNICODE), "\n";
