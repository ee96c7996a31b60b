// The one place where Asio is included from. Internal to api/net.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::net {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

/// For `co_await` without exceptions: the operation's error goes to `failed`.
inline auto awaiting(boost::system::error_code& failed) { return asio::redirect_error(asio::use_awaitable, failed); }

}  // namespace weir::net
