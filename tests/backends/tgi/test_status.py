"""TGI's metrics."""

from ayllu.backends.tgi import ServerLoad, parse_load

METRICS = """# HELP tgi_queue_size the queue
# TYPE tgi_queue_size gauge
tgi_queue_size 4
# TYPE tgi_batch_current_size gauge
tgi_batch_current_size 2
# TYPE tgi_request_count counter
tgi_request_count{method="generate"} 10
tgi_request_count{method="chat"} 5
# TYPE tgi_request_success counter
tgi_request_success 12
# TYPE tgi_request_failure counter
tgi_request_failure{err="validation"} 2
tgi_request_failure{err="overloaded"} 1
tgi_request_queue_duration_sum 3
tgi_request_queue_duration_count 12
tgi_request_mean_time_per_token_duration{quantile="0.5"} 0.9
tgi_request_mean_time_per_token_duration_bucket{le="0.02"} 6
tgi_request_mean_time_per_token_duration_sum 0.24
tgi_request_mean_time_per_token_duration_count 12
tgi_nonsense NaN
garbage
"""


def test_the_load_is_read_from_the_metrics() -> None:
    assert parse_load(METRICS) == ServerLoad(
        queue=4, batch=2, requests=15, succeeded=12, failed=3, tokens_per_second=50.0, queue_s=0.25
    )


def test_what_is_not_said_is_none() -> None:
    assert parse_load("") == parse_load("<html>") == parse_load("tgi_queue_size NaN\n") == ServerLoad()
