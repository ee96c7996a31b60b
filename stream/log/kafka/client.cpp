#include "stream/log/kafka/client.hpp"

#include <array>
#include <cerrno>

namespace weir::log::kafka {
namespace {

const Callbacks& callbacks_of(const rd_kafka_t* client) {
  return *static_cast<const Callbacks*>(rd_kafka_opaque(client));
}

void log_line(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  constexpr int notice = 5;  // as syslog has them
  if (client == nullptr || level > notice) return;
  const OnLine& on_line = callbacks_of(client).on_line;
  if (on_line) on_line(std::string{facility} + ' ' + text);
}

void report(rd_kafka_t* client, const rd_kafka_message_t* message, void*) { callbacks_of(client).delivered(*message); }

void rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions, void*) {
  callbacks_of(client).rebalanced(what, partitions);
}

/// 0, or why there is no connection; the socket does not block.
int connect_where_permitted(int socket, const sockaddr* to, int size, const char*, void* opaque) {
  if (!static_cast<const Callbacks*>(opaque)->may_connect(*to)) return EACCES;
  const bool begun = ::connect(socket, to, static_cast<socklen_t>(size)) == 0 || errno == EINPROGRESS;
  return begun ? 0 : errno;
}

using ConfHandle = std::unique_ptr<rd_kafka_conf_t, Destroyed<rd_kafka_conf_destroy>>;

}  // namespace

Result<Client> Client::open(rd_kafka_type_t type, const ClientSettings& settings, Callbacks callbacks) {
  std::array<char, 512> fault{};
  ConfHandle conf{rd_kafka_conf_new()};
  for (const auto& [name, value] : settings) {
    const auto set = rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), fault.data(), fault.size());
    if (set == RD_KAFKA_CONF_OK) continue;
    const std::string_view what = set == RD_KAFKA_CONF_UNKNOWN ? "does not know " : "refuses the value of ";
    return Error{Code::bad_log_settings, "librdkafka " + std::string{what} + name};
  }
  Client client;
  client.callbacks_ = std::make_unique<Callbacks>(std::move(callbacks));
  rd_kafka_conf_set_opaque(conf.get(), client.callbacks_.get());
  rd_kafka_conf_set_log_cb(conf.get(), log_line);
  if (client.callbacks_->delivered) rd_kafka_conf_set_dr_msg_cb(conf.get(), report);
  if (client.callbacks_->may_connect) rd_kafka_conf_set_connect_cb(conf.get(), connect_where_permitted);
  if (client.callbacks_->rebalanced) rd_kafka_conf_set_rebalance_cb(conf.get(), rebalance);
  client.handle_.reset(rd_kafka_new(type, conf.get(), fault.data(), fault.size()));
  if (client.handle_ == nullptr) return Error{Code::bad_log_settings, std::string{"librdkafka: "} + fault.data()};
  (void)conf.release();  // the client's from now on
  return client;
}

void Client::abandon() {
  if (handle_ != nullptr) rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

Error unreachable(std::string_view what, rd_kafka_resp_err_t why) {
  return {Code::log_unreachable, std::string{what} + ": " + rd_kafka_err2str(why)};
}

}  // namespace weir::log::kafka
