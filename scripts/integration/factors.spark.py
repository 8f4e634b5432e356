"""Item factors of Spark MLlib, as one would learn them from the tables that `marquee prepare` wrote.

python factors.spark.py RATINGS OUTPUT [RANK], with pyspark 4.3.0 and Java 17. RATINGS is ratings.parquet; only the
likes of its train part are learned from.
"""

import sys

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession

ratings, output, rank = (*sys.argv[1:], "64")[:3]
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")

likes = spark.read.parquet(ratings).where("part = 1 AND rating >= 3.5").selectExpr("userId", "movieId", "1.0 AS liked")
als = ALS(
    rank=int(rank),
    maxIter=10,
    regParam=0.05,
    implicitPrefs=True,
    alpha=5.0,
    userCol="userId",
    itemCol="movieId",
    ratingCol="liked",
    seed=42,
)
als.fit(likes).write().overwrite().save(output)
spark.stop()
