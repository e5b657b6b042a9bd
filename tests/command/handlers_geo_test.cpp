#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>

#include "support/replies.hpp"
#include "support/session_peer.hpp"

namespace redouble::command {
namespace {

using namespace testing::replies;

constexpr std::string_view wrong_unit =
    "-ERR unsupported unit provided. please use M, KM, FT, MI\r\n";

class GeoCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    peer("GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania");
  }

  std::unique_ptr<instance::Instance> instance = testing::frozen_instance();
  testing::Peer peer{*instance};
};

TEST_F(GeoCommands, MembersGetTheScoresOfTheRealServer) {
  EXPECT_EQ(peer("ZRANGE g 0 -1 WITHSCORES"),
            bulks({"Palermo", "3479099956230698", "Catania", "3479447370796909"}));
  peer("GEOADD ends 180 85.05112878 most -180 -85.05112878 least");
  EXPECT_EQ(peer("ZRANGE ends 0 -1 WITHSCORES"),
            bulks({"least", "0", "most", "13510798882111488"}));
  EXPECT_EQ(peer("GEOPOS ends most least"),
            array({bulks({"180", "85.0511287799999991"}),
                   bulks({"-179.99999731779098511", "-85.05112751263942528"})}));
}

TEST_F(GeoCommands, MembersAreAddedOnTheConditionsAskedFor) {
  EXPECT_EQ(peer("GEOADD g NX 1 1 Palermo 1 1 new"), ":1\r\n");
  EXPECT_EQ(peer("GEOADD g XX CH 2 2 new 2 2 newer"), ":1\r\n");
  EXPECT_EQ(peer("GEOADD g CH 2 2 new 2 2 newer"), ":1\r\n");
  EXPECT_EQ(peer("GEOADD none XX 2 2 a"), ":0\r\n");
  EXPECT_EQ(peer("GEOADD g NX XX 1 1 a"), syntax_error);
  EXPECT_EQ(peer("GEOADD g 1 1 a 2"), syntax_error);
  EXPECT_EQ(peer("GEOADD g 1 x a"), "-ERR value is not a valid float\r\n");
  EXPECT_EQ(peer("GEOADD g 1 1 a 200 100 b"),
            "-ERR invalid longitude,latitude pair 200.000000,100.000000\r\n");
  EXPECT_EQ(peer("ZCARD g"), ":4\r\n");
}

TEST_F(GeoCommands, PlacesDistancesAndHashesHaveTheDigitsOfTheRealServer) {
  EXPECT_EQ(peer("GEOPOS g Palermo none"),
            array({bulks({"13.36138933897018433", "38.11555639549629859"}), null_array}));
  EXPECT_EQ(peer("GEOPOS none a"), array({null_array}));
  EXPECT_EQ(peer("GEOHASH g Palermo Catania"), bulks({"sqc8b49rny0", "sqdtr74hyu0"}));
  EXPECT_EQ(peer("GEOHASH g none"), array({null}));
  EXPECT_EQ(peer("GEODIST g Palermo Catania"), bulk("166274.1516"));
  EXPECT_EQ(peer("GEODIST g Palermo Catania KM"), bulk("166.2742"));
  EXPECT_EQ(peer("GEODIST g Palermo Catania mi"), bulk("103.3182"));
  EXPECT_EQ(peer("GEODIST g Palermo Catania ft"), bulk("545518.8700"));
  EXPECT_EQ(peer("GEODIST g Palermo none"), null);
  EXPECT_EQ(peer("GEODIST none Palermo Catania"), null);
  EXPECT_EQ(peer("GEODIST none Palermo Catania x"), wrong_unit);
  EXPECT_EQ(peer("GEODIST g Palermo Catania m x"), syntax_error);
}

TEST_F(GeoCommands, InProtocol3PlacesAreDoublesAndDistancesBulks) {
  peer("HELLO 3");
  EXPECT_EQ(peer("GEOPOS g Palermo none"),
            "*2\r\n*2\r\n,13.36138933897018433\r\n,38.11555639549629859\r\n_\r\n");
  EXPECT_EQ(peer("GEODIST g Palermo Catania"), bulk("166274.1516"));
}

TEST_F(GeoCommands, SearchesGiveWhatLiesWithinACircleOrABox) {
  EXPECT_EQ(peer("GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC"),
            bulks({"Catania", "Palermo"}));
  EXPECT_EQ(peer("GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 100 km"), bulks({"Catania"}));
  EXPECT_EQ(peer("GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km DESC"),
            bulks({"Palermo", "Catania"}));
  EXPECT_EQ(peer("GEOSEARCH g FROMMEMBER Palermo BYBOX 1 1 m"), bulks({"Palermo"}));
  EXPECT_EQ(peer("GEORADIUS g 15 37 200 km COUNT 1"), bulks({"Catania"}));
  EXPECT_EQ(peer("GEORADIUS g 15 37 200 km COUNT 1 ANY"), bulks({"Palermo"}));
  EXPECT_EQ(peer("GEORADIUSBYMEMBER_RO g Catania 1 m"), bulks({"Catania"}));
  EXPECT_EQ(peer("GEOSEARCH none FROMMEMBER a BYRADIUS 1 m"), empty_array);
  EXPECT_EQ(peer("GEORADIUSBYMEMBER none a x y"), empty_array);
}

TEST_F(GeoCommands, SearchesTellDistanceScoreAndPlaceInThisOrder) {
  EXPECT_EQ(peer("GEORADIUS_RO g 15 37 100 km WITHCOORD WITHHASH WITHDIST"),
            array({array({bulk("Catania"), bulk("56.4413"), ":3479447370796909\r\n",
                          bulks({"15.08726745843887329", "37.50266842333162032"})})}));
}

TEST_F(GeoCommands, WhatIsFoundIsStoredWithScoresOrDistances) {
  EXPECT_EQ(peer("GEOSEARCHSTORE d g FROMLONLAT 15 37 BYBOX 400 400 km STOREDIST"), ":2\r\n");
  EXPECT_EQ(peer("ZRANGE d 0 -1 WITHSCORES"),
            bulks({"Catania", "56.441257870158204", "Palermo", "190.44242984775784"}));
  EXPECT_EQ(peer("GEORADIUS g 15 37 200 km STORE a STOREDIST b STORE d"), ":2\r\n");
  EXPECT_EQ(peer("GEODIST d Palermo Catania"), bulk("166274.1516"));
  EXPECT_EQ(peer("EXISTS a b"), ":0\r\n");
  EXPECT_EQ(peer("GEOSEARCHSTORE g g FROMMEMBER Palermo BYRADIUS 1 m"), ":1\r\n");
  EXPECT_EQ(peer("ZRANGE g 0 -1"), bulks({"Palermo"}));
  EXPECT_EQ(peer("GEORADIUSBYMEMBER none a x y STORE d"), ":0\r\n");
  EXPECT_EQ(peer("EXISTS d"), ":0\r\n");
}

TEST_F(GeoCommands, EveryMistakeHasItsOwnError) {
  const auto radius = [&](const std::string& rest) { return peer("GEORADIUS g 15 37 " + rest); };
  EXPECT_EQ(radius("x km"), "-ERR need numeric radius\r\n");
  EXPECT_EQ(radius("-1 km"), "-ERR radius cannot be negative\r\n");
  EXPECT_EQ(radius("1 x"), wrong_unit);
  EXPECT_EQ(radius("1 km COUNT 0"), "-ERR COUNT must be > 0\r\n");
  EXPECT_EQ(radius("1 km ANY"), "-ERR the ANY argument requires COUNT argument\r\n");
  EXPECT_EQ(
      radius("1 km WITHDIST STORE d"),
      "-ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD "
      "options\r\n");
  EXPECT_EQ(peer("GEORADIUS_RO g 15 37 1 km STORE d"), syntax_error);
  EXPECT_EQ(peer("GEORADIUSBYMEMBER g none x m"),
            "-ERR could not decode requested zset member\r\n");
  const auto search = [&](const std::string& rest) { return peer("GEOSEARCH g " + rest); };
  EXPECT_EQ(search("BYRADIUS 1 m ASC ASC"),
            "-ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH\r\n");
  EXPECT_EQ(search("FROMLONLAT 15 37 ASC ASC"),
            "-ERR exactly one of BYRADIUS and BYBOX can be specified for GEOSEARCH\r\n");
  EXPECT_EQ(search("FROMLONLAT 15 37 BYBOX x y z"), "-ERR need numeric width\r\n");
  EXPECT_EQ(search("FROMLONLAT 15 37 BYBOX 1 y z"), "-ERR need numeric height\r\n");
  EXPECT_EQ(search("FROMLONLAT 15 37 BYBOX 1 -1 m"), "-ERR height or width cannot be negative\r\n");
  EXPECT_EQ(search("FROMLONLAT 15 37 FROMMEMBER Palermo BYRADIUS 1 m"), syntax_error);
  EXPECT_EQ(search("FROMMEMBER Palermo BYRADIUS 1 m BYBOX 1 1 m"), syntax_error);
  // The same way again counts instead of the first time.
  EXPECT_EQ(search("FROMMEMBER Catania FROMMEMBER Palermo BYRADIUS 9 km BYRADIUS 1 m"),
            bulks({"Palermo"}));
  EXPECT_EQ(search("FROMMEMBER Palermo BYBOX 400 400 km BYBOX 400 -1 km"),
            "-ERR height or width cannot be negative\r\n");
  EXPECT_EQ(search("FROMLONLAT 15 37 BYRADIUS 1 m STOREDIST"), syntax_error);
  EXPECT_EQ(peer("GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 1 m WITHCOORD"),
            "-ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD "
            "options\r\n");
  peer("SET s v");
  EXPECT_EQ(peer("GEOADD s 1 1 a"), wrong_type);
  EXPECT_EQ(peer("GEOPOS s a"), wrong_type);
  EXPECT_EQ(peer("GEORADIUS s x y z m"), wrong_type);
  EXPECT_EQ(peer("GEODIST s a b"), wrong_type);
}

TEST_F(GeoCommands, AMemberWhoseScoreIsNoCellStillHasAPlace) {
  peer("ZADD g inf far -1 below 1.5 between");
  EXPECT_EQ(peer("GEOPOS g far"),
            array({bulks({"-179.99999731779098511", "-85.05112751263942528"})}));
  EXPECT_EQ(peer("GEOPOS g below"), array({bulks({"180", "85.0511287799999991"})}));
  EXPECT_EQ(peer("GEOSEARCH g FROMMEMBER far BYRADIUS 1 m"), bulks({"between"}));
}

}  // namespace
}  // namespace redouble::command
