package peer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/**
 * Edges, starts, ends and the last activity of each case on Kafka Streams with RocksDB. The topic is keyed by case, so
 * no repartition is needed: two stores of each partition, both with caches and changelogs as by default. Usage: StreamsPeer
 * HOST:PORT TOPIC GUARANTEE RECORDS FOLDER
 */
public final class StreamsPeer {
  private static final String LAST = "last-activity";
  private static final String COUNTS = "counts";
  private static final AtomicLong TAKEN = new AtomicLong();
  private static final AtomicLong FIRST_NANOS = new AtomicLong();

  private static final class Count implements Processor<byte[], byte[], Void, Void> {
    private KeyValueStore<String, String> last;
    private KeyValueStore<String, Long> counts;

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      last = context.getStateStore(LAST);
      counts = context.getStateStore(COUNTS);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      FIRST_NANOS.compareAndSet(0, System.nanoTime());
      EventJson event = EventJson.of(record.value());
      String before = last.get(event.caseId());
      last.put(event.caseId(), event.activity());
      if (before == null) {
        add("s " + event.activity(), 1);
      } else {
        add("e " + before + "\t" + event.activity(), 1);
        add("z " + before, -1);
      }
      add("z " + event.activity(), 1);
      TAKEN.incrementAndGet();
    }

    private void add(String key, long more) {
      Long count = counts.get(key);
      counts.put(key, (count == null ? 0 : count) + more);
    }
  }

  /** What "Optimizing for throughput" and "Memory management" of its documentation advise. */
  private static Properties settings(String[] given) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "peer-" + given[2] + "-" + System.nanoTime());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, given[0]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, given[2]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, Path.of(given[4]).toAbsolutePath().toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, given[2].equals("exactly_once_v2") ? 1_000 : 10_000);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 128L << 20);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 100_000);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 200_000);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    return settings;
  }

  public static void main(String[] given) throws InterruptedException {
    long wanted = Long.parseLong(given[3]);
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(LAST), Serdes.String(), Serdes.String())
        .withCachingEnabled());
    builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(COUNTS), Serdes.String(), Serdes.Long())
        .withCachingEnabled());
    builder.stream(List.of(given[1]), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())).process(Count::new, LAST, COUNTS);
    KafkaStreams streams = new KafkaStreams(builder.build(), settings(given));
    streams.start();
    while (TAKEN.get() < wanted) {
      if (streams.state() == KafkaStreams.State.ERROR) System.exit(1);
      Thread.sleep(5);
    }
    double worked = (System.nanoTime() - FIRST_NANOS.get()) / 1e9;
    Answer answer = new Answer();
    try (KeyValueIterator<String, Long> all = streams.store(
        StoreQueryParameters.fromNameAndType(COUNTS, QueryableStoreTypes.<String, Long>keyValueStore())).all()) {
      while (all.hasNext()) {
        KeyValue<String, Long> one = all.next();
        answer.add(one.key, one.value);
      }
    }
    long closing = System.nanoTime();  // flushes the stores and commits what is left: then all of it is durable
    streams.close(Duration.ofMinutes(2));
    answer.print(TAKEN.get(), worked + (System.nanoTime() - closing) / 1e9);
    System.exit(0);
  }

  private StreamsPeer() {}
}
