// The int8 network as `python -m fer_utils export squeezenet-fer-tiny --format c` writes it: fer_network.cc beside this.
#pragma once

#include <cstddef>

extern const unsigned char fer_network[];
extern const std::size_t fer_network_length;
