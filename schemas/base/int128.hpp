// Sums that 64 bits do not hold.
#pragma once

namespace weir {

__extension__ using Int128 = __int128;

}  // namespace weir
