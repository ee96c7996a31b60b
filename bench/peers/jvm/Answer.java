package peer;

import java.util.Map;
import java.util.TreeMap;

/** How often each edge, start and end was met, and how long it took, as one line of JSON. */
final class Answer {
  final Map<String, Long> edges = new TreeMap<>();
  final Map<String, Long> starts = new TreeMap<>();
  final Map<String, Long> ends = new TreeMap<>();

  /** `key`: "e FROM\tTO", "s ACTIVITY" or "z ACTIVITY"; what several partitions counted is added. */
  void add(String key, long count) {
    if (count == 0) return;
    Map<String, Long> counts = switch (key.charAt(0)) {
      case 'e' -> edges;
      case 's' -> starts;
      default -> ends;
    };
    counts.merge(key.substring(2), count, Long::sum);
  }

  void print(long events, double seconds) {
    System.out.println("{\"events\": " + events + ", \"seconds\": " + seconds + ", \"edges\": " + json(edges)
        + ", \"starts\": " + json(starts) + ", \"ends\": " + json(ends) + "}");
    System.out.flush();
  }

  private static String json(Map<String, Long> counts) {
    StringBuilder text = new StringBuilder("{");
    counts.forEach((name, count) -> text.append(text.length() > 1 ? ", " : "").append('"')
        .append(name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t")).append("\": ").append(count));
    return text.append('}').toString();
  }
}
