// What `weir doctor` sees of a log on Kafka and of the group of nodes that shares it.
#pragma once

#include "api/app/doctor.hpp"

namespace weir::app {

/// Whether the data folder is of a node on Kafka.
bool is_of_kafka(const std::string& data);

/// Brokers, topics, and in a group its members, the key, and whether this node can be reached. `server`: the settings
/// of the server of the folder `data`. Changes nothing; takes seconds.
void check_cluster(const Settings& server, const std::string& data, Findings& findings);

}  // namespace weir::app
