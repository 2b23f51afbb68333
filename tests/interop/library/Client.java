package library;

import jakarta.xml.bind.JAXBElement;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.datatype.DatatypeFactory;
import library.made.Author;
import library.made.Book;
import library.made.Genre;
import library.made.ObjectFactory;
import library.made.Books;
import library.made.Problem;
import library.made.ProblemFault;
import library.made.TownLibrary;
import library.made.TownLibrary_Service;

/** The stubs that wsimport made: `Client WSDL` reads, lists, adds and drops books, meets a fault; a line of JSON a port. */
public final class Client {
  static final ObjectFactory MADE = new ObjectFactory();

  static String quoted(Object value) {
    return value == null ? "null" : '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static String listed(List<String> parts) {
    return "[" + String.join(",", parts) + "]";
  }

  static List<String> texts(List<String> given) {
    return given.stream().map(Client::quoted).collect(Collectors.toList());
  }

  static String author(Author one) {
    JAXBElement<BigInteger> born = one.getBorn();
    return listed(List.of(quoted(one.getName()), quoted(born == null || born.isNil() ? null : born.getValue())));
  }

  static String told(Book book) {
    String counts = book.getCounts().getEntry().stream()
        .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue())).collect(Collectors.joining(","));
    return "{\"id\":" + quoted(book.getId()) + ",\"title\":" + quoted(book.getTitle())
        + ",\"subtitle\":" + quoted(book.getSubtitle()) + ",\"genre\":" + quoted(book.getGenre().value())
        + ",\"published\":" + quoted(book.getPublished()) + ",\"added\":" + quoted(book.getAdded())
        + ",\"price\":" + quoted(book.getPrice()) + ",\"lent\":" + book.isLent()
        + ",\"authors\":" + listed(book.getAuthors().getItem().stream().map(Client::author).collect(Collectors.toList()))
        + ",\"tags\":" + listed(texts(book.getTags().getItem())) + ",\"shelf\":" + quoted(book.getShelfMark())
        + ",\"counts\":{" + counts + "}}";
  }

  static Author author(String name, BigInteger born) {
    Author author = new Author();
    author.setName(name);
    author.setBorn(MADE.createAuthorBorn(born)); // null is nil
    return author;
  }

  static Book book() throws Exception {
    DatatypeFactory dates = DatatypeFactory.newInstance();
    Book book = new Book();
    book.setTitle("Łódź <&> 東京 😀");
    book.setSubtitle(null);
    book.setGenre(Genre.NON_FICTION);
    book.setPublished(dates.newXMLGregorianCalendar("1999-02-28"));
    book.setAdded(dates.newXMLGregorianCalendar("2026-11-22T05:40:00Z"));
    book.setPrice(new BigDecimal("12.50"));
    book.setLent(true);
    book.setAuthors(new Book.Authors());
    book.getAuthors().getItem().add(author("Ada", BigInteger.valueOf(1815)));
    book.getAuthors().getItem().add(author("Bo", null));
    book.setTags(new Book.Tags());
    book.getTags().getItem().addAll(List.of("å", "b c"));
    book.setShelfMark("K 7");
    book.setCounts(new Book.Counts());
    Book.Counts.Entry entry = new Book.Counts.Entry();
    entry.setKey("a b");
    entry.setValue(BigInteger.valueOf(3));
    book.getCounts().getEntry().add(entry);
    return book;
  }

  static String all(TownLibrary library) throws Exception {
    String read = told(library.getBook(1152921504607351596L));
    Books page = library.listBooks(List.of(Genre.NOVEL, Genre.NON_FICTION), 2, 10);
    Books empty = library.listBooks(List.of(), null, null);
    String added = told(library.addBook(book()));
    library.deleteBook(7);
    String fault = "null";
    try {
      library.getBook(404);
    } catch (ProblemFault refused) { // the declared fault, by its own type
      Problem problem = refused.getFaultInfo();
      fault = "{\"reason\":" + quoted(refused.getMessage()) + ",\"title\":" + quoted(problem.getTitle())
          + ",\"status\":" + quoted(problem.getStatus()) + ",\"book\":" + quoted(problem.getBook())
          + ",\"hints\":" + listed(texts(problem.getHints().getItem())) + "}";
    }
    List<String> ids = page.getBooks().getItem().stream().map(each -> quoted(each.getId())).collect(Collectors.toList());
    return "{\"read\":" + read + ",\"total\":" + quoted(page.getTotal()) + ",\"ids\":" + listed(ids)
        + ",\"none\":" + empty.getBooks().getItem().size() + ",\"added\":" + added + ",\"gone\":true,\"fault\":" + fault + "}";
  }

  public static void main(String[] given) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    TownLibrary_Service service = new TownLibrary_Service(new URL(given[0]));
    out.println(all(service.getTownLibrarySoap11()));
    out.println(all(service.getTownLibrarySoap12()));
    System.exit(0); // the provider's threads would keep it waiting
  }
}
