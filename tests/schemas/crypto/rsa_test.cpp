#include "schemas/crypto/rsa.hpp"

#include <gtest/gtest.h>

#include "schemas/crypto/base64.hpp"
#include "tests/support/rsa_test_key.hpp"

namespace weir::crypto {
namespace {

// openssl genpkey … -aes128: asks for a passphrase.
constexpr const char* locked_key = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQI1lPdXXoliukCAggA
MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAECBBAaGnhD+m+CasKKf6dROkVYBIIE
0EJ8DGRGWe8pGJMtZt1lYlfMpq7DCmRPqyC8FPBBui6uUkQxSHjRlWDpECi1xQkS
/9rUsk52leE5HcA934m3ytMiJITlD18gOcil2b9INh1NnqIZVd7Yzzy1xg7TsPkj
4YGfwTrPtNZoKp8mkACehIoXBXveyDPxpO9/AQ7B7joT0fUOhRI8G9kqKjb564fd
WYoi+kGjR+SyTLXMYXOxU2SWpgCM9aDMv+mfvsMbRAmS/xbwr858V31DwCjyeeuk
UFcYH9zxlsGwUaRBDB1woxglV+apLXmoQZh5588zBK7v9UnWUhKbo8/QGXWLPKfv
x2xK8Az32BjdozS8m8UROiCosc2/Mp9r15lJXnFPgnJouCq2vrDobSrvYhnOnlsB
/6UP4LRvx1queViv/d+/+E3MsJzkZUs4sI14qSv18IGchfFodXy8l2X5F27qGvBN
ifqHoazVnAjoLZPTYfFNBl5YbXKu4rD6S6BxKZuD3y3gu4D1G7ulrHeVvPglwje/
EIvdV3M9iAgMYjLlPKV2dXHXqAFNqFGMA8MMK46KNmbB3SpidjZ8c5ZMDTd8s4HI
k42F1aq+VIpTo5AtS4/GWChkclSzjdPGbQoeX7DOvi8Jq4+Gcax5VF37W87lO9Bk
7OsB34cxCJERu9vWWM0SczwLzB7JC1znbed9B2Uup8CZH2wkYffUOEIWUYAFY+4A
C1/T4zXcjQLSqR7ZzPclsnReNchkGXT+aB2an98VE9SH3XMSaZn7sC8meJnwe+4O
tztNgyXS9SwYZU3uWH/Nh90Wu1DNgAFljQt/eqG0ZL9cFKuz65MDH+1dzO7Vmu59
1YYPHDTrhheKXlEqITN+R7j07JeqVdw4gYhZgag5uR8QL38TFni5ck4bjGT7Q7h/
bxaS/NoaqnjMuHFqLIod55PFpjfCmrQbQ12sIP8P/otiNXpDiksI84MgjOvTjY1d
ieKbSTUd/MK4/fQrCTQazJrSOxwakkbjt/5TZHLg1OyvMYlw1xxJy2z3jsmsuLNV
oEmj/eTiVy+3oP5YjUxrNYWmZB0wKzmQKEfx64a3j7b5qgDjh7AaT2KQyYafRJvU
Q6N3+dUNABsqowLFBDrLV2J1WUbzddxHBceePymoNs6Nu0cjBN8tBzCFkaiJS3iR
S87uK5UMdETonOsaHcRDMOUZHKpkg73rAcj96h5Ke1vwHIKJSzWzl0kcQJcePzcA
LWQMa5Xuu8ZI3BX6uemtiRMzPrkyFYyJkrYy7Ec21i46Jabo8IZFqzG7TBL8KcS3
66goSEg7wbiKdSgRMkcA2jDMPHd0J7x60BsYBjux6d3Yq764hzUGWhHpHmaFzeNS
g+5od6Ycd0LXxD9eTnKe7C/wN4S6PgAkguAxM11e3yTC1TDpaSSRXMtpud3lwyKD
mFPZNopy63EdA+fXZaeGszsyTsysW1fxPXAJMumcX1YO8Ux1P8A6VB5sR93s0OlL
F7IiFJeUS9YEZJlgqF1x6AKX7OjOAc/3XIS7KFwEBlxIEQp74KCHsvXfxB/lWoVW
mopbc1WWP9LF9btXt/ne5yjxCQQnnaa5c+YSo3t698NhwIfj5CZXmnjnbUd9p1S5
Yd8oEMYucSqYpgipmbkR9ih7kkhgGmz35Ms+12fncbaW
-----END ENCRYPTED PRIVATE KEY-----
)";

// openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024
constexpr const char* short_key = R"(-----BEGIN PRIVATE KEY-----
MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBANQlTAJTD8Xfpqse
bFJDjLdMxwD7YiL0rteIYwwSrXQjkPpt1NzM+FArjH6/qrQY5tI5C29fYcbBTamV
s7nXs0Od9ZJfi+yWmJDm6lCGsrZGF/XETsU1LPMB2ljqyRljT+NZeIfWVldoEW+O
hm14UMFBiiKbM9Cu/2l4HlZAA/gnAgMBAAECgYB9ceSFR1p/VmW2sBG7f0gZJ6RR
V1TLeMZemr5+6Bh7IYDcJNAHFIkM1wOH+4xUXJk43BR/8fXeUnW6/tO84+iS0j4X
Y7BMKYBJxG884d33/LRXoiEKALdUWaTq/m0t3z2Bsf5q+USWEfxNSMAnkLUlmKDk
hXfqW/txY4uZOl9P4QJBAPVjx9mfHZYAE/lC8FbpzfNYNI9s2HDO/iQvkt1/DKAd
iavxqZ4mL8n1RfHwh3yI6Ou45LcpCMePPL5ZqF83CXcCQQDdUYmdWFxj/gT/06PZ
wbHds+vWlAo7LeQo3gnCsZ9Ww6etbwBBX46HHL35YFQm1V2LpVuFzIOxGVmy8BTs
pDLRAkAWAGBGztFkRZWE38+Uu1nP27S6t1Ogqa53qBxO57lGEd/qHrzKhTn7rZYb
3ykGrW/U0rsPAQrceadEmd1SzCh5AkAd2I8cXvwmp+z4qwvfo9VetpLJXzF6BZhN
QpRCYz2/r6b/Job8Seyon+Gmrazrh76TxHrxMkFYMrj7/pBz0TjhAkAKYFNPSRKM
YTMG7vBDJI5VyeBqgU2r1bVxf+DowfY8mrHnXhiFUNDSmtm/dWsGmuIL6L9pGsch
n+IHpp1eDmxE
-----END PRIVATE KEY-----
)";

// openssl ecparam -name prime256v1 -genkey
constexpr const char* elliptic_key = R"(-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINczK4h5fuG7SDHcvaTdwQHIyavgSx3ZsN2r6fSdMyqqoAoGCCqGSM49
AwEHoUQDQgAEjJT60A/fKJJ7I/M+Izk0qRYFOzZkGbscEdBtBeTwa629SYayjxXB
seo0oWIoN3ig4hi81t6zH05LgdNBNpBdEg==
-----END EC PRIVATE KEY-----
)";

TEST(RsaKey, SignsAsOpensslDoes) {
  // printf header.claims | openssl dgst -sha256 -sign KEY | base64
  EXPECT_EQ(to_base64(RsaKey::read(rsa_test_key)->sign("header.claims")),
            "LzTnikh5fIOmaFFpOIoZw+mpn1gfckKIBrxqa3ZR0NAN4fWbfiRBndfYSgMeo4Ez2sNKYu22MhZJ8bXyQ5E/EMrcOAru69Qe1a+p"
            "C4Ko7FWERYWcgITYd6uqqdfb6T/QorOx12l8HydOSVIy02Yw0r+zLg/uR7Mu8xYmkpu0i6zOsSVecpchzWvFHXInaLP3wGH/pN8J"
            "ToWHB7jsr0fuv3r0/xWfbr1prKXoIjtEL1VAGtjnutDDOYxRKfg7pIQtPYsGPmgv88aijaj5s4nP5bm59gIuz2sIS07c5iNBvNwf"
            "QpRZrp5+HKCp9q2t2gYH3ZKZRrhZubHv6rtJ/ZZKxw==");
}

TEST(RsaKey, IsNotReadFromAnythingElse) {
  EXPECT_FALSE(RsaKey::read(""));
  EXPECT_FALSE(RsaKey::read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  EXPECT_FALSE(RsaKey::read(std::string(rsa_test_key).substr(0, 900)));
  EXPECT_FALSE(RsaKey::read(locked_key));
  EXPECT_FALSE(RsaKey::read(short_key));
  EXPECT_FALSE(RsaKey::read(elliptic_key));
}

}  // namespace
}  // namespace weir::crypto
