package peer;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * Edges, starts, ends and the last activity of each case on Flink with RocksDB, incremental checkpoints and reuse of
 * objects: the last activity is keyed state, what is counted is state of each subtask, so that nothing is shuffled twice.
 * Usage: FlinkPeer HOST:PORT TOPIC GUARANTEE RECORDS FOLDER
 */
public final class FlinkPeer {
  private static final AtomicLong TAKEN = new AtomicLong();
  private static final AtomicLong FIRST_NANOS = new AtomicLong();
  private static final Answer ANSWER = new Answer();

  private static final class Events extends AbstractDeserializationSchema<Tuple2<String, String>> {
    private static final long serialVersionUID = 1;

    Events() {
      super(TypeInformation.of(new TypeHint<Tuple2<String, String>>() {}));
    }

    @Override
    public Tuple2<String, String> deserialize(byte[] bytes) {
      FIRST_NANOS.compareAndSet(0, System.nanoTime());
      EventJson event = EventJson.of(bytes);
      return Tuple2.of(event.caseId(), event.activity());
    }
  }

  private static final class Count extends KeyedProcessFunction<String, Tuple2<String, String>, String>
      implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private final Map<String, Long> counts = new HashMap<>();
    private transient ValueState<String> last;
    private transient ListState<Tuple2<String, Long>> stored;
    private long taken;

    @Override
    public void open(OpenContext context) {
      last = getRuntimeContext().getState(new ValueStateDescriptor<>("last-activity", String.class));
    }

    @Override
    public void processElement(Tuple2<String, String> event, Context context, Collector<String> out) throws Exception {
      String before = last.value();
      last.update(event.f1);
      if (before == null) {
        counts.merge("s " + event.f1, 1L, Long::sum);
      } else {
        counts.merge("e " + before + "\t" + event.f1, 1L, Long::sum);
        counts.merge("z " + before, -1L, Long::sum);
      }
      counts.merge("z " + event.f1, 1L, Long::sum);
      ++taken;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
      stored.clear();
      for (Map.Entry<String, Long> one : counts.entrySet()) stored.add(Tuple2.of(one.getKey(), one.getValue()));
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      stored = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("counts",
          TypeInformation.of(new TypeHint<Tuple2<String, Long>>() {})));
      for (Tuple2<String, Long> one : stored.get()) counts.merge(one.f0, one.f1, Long::sum);
    }

    /** The job is done: what was counted is told to who started it, in this process. */
    @Override
    public void close() {
      synchronized (ANSWER) {
        counts.forEach(ANSWER::add);
        TAKEN.addAndGet(taken);
      }
    }
  }

  /** As "Tuning Checkpoints and Large State" and "Execution" of its documentation advise. */
  private static Configuration settings(String folder) {
    Configuration settings = new Configuration();
    settings.setString("state.backend.type", "rocksdb");
    settings.setString("execution.checkpointing.incremental", "true");
    settings.setString("execution.checkpointing.interval", "10s");
    settings.setString("execution.checkpointing.mode", "EXACTLY_ONCE");
    settings.setString("execution.checkpointing.dir", Path.of(folder, "checkpoints").toAbsolutePath().toUri().toString());
    settings.setString("pipeline.object-reuse", "true");
    settings.setString("parallelism.default", "2");
    settings.setString("taskmanager.memory.managed.size", "512m");
    settings.setString("io.tmp.dirs", Path.of(folder).toAbsolutePath().toString());
    return settings;
  }

  public static void main(String[] given) throws Exception {
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment(settings(given[4]));
    KafkaSource<Tuple2<String, String>> topic = KafkaSource.<Tuple2<String, String>>builder()
        .setBootstrapServers(given[0]).setTopics(given[1]).setGroupId("peer-flink-" + System.nanoTime())
        .setStartingOffsets(OffsetsInitializer.earliest()).setBounded(OffsetsInitializer.latest())
        .setProperty("max.poll.records", "5000").setValueOnlyDeserializer(new Events()).build();
    flink.fromSource(topic, WatermarkStrategy.noWatermarks(), "events")
        .keyBy(event -> event.f0).process(new Count()).sinkTo(new DiscardingSink<>());
    flink.execute();
    ANSWER.print(TAKEN.get(), (System.nanoTime() - FIRST_NANOS.get()) / 1e9);
    System.exit(TAKEN.get() == Long.parseLong(given[3]) ? 0 : 1);
  }

  private FlinkPeer() {}
}
