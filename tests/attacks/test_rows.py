"""Every row X, D, E and W of the hazard table has a test that asks for its answer: the table of both, held against the tests."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.house.tree import ROOT

WSS, JOSE, XML = "plugins/encryption/test_wssecurity_process.py", "plugins/encryption/test_jose_tokens.py", "wire/test_rows_xml.py"
BOUNDS, SCHEMA, SHARED = "attacks/test_bounds_of_protection.py", "wire/test_rows_schema.py", "property/test_shared_rows.py"
IN_XML = (f"{XML}::test_rows", f"{XML}::test_what_is_near_them_and_right")
PAIR = f"{XML}::test_at_its_bound"

# row: its tests, the one at its bound last
ROWS: dict[str, tuple[str, ...]] = {
    "X-01": (*IN_XML, PAIR),
    "X-02": (*IN_XML, PAIR),
    "X-04": (*IN_XML, PAIR),
    "X-05": (*IN_XML, PAIR, f"{XML}::test_x05_a_body_at_its_bound"),
    "X-07": IN_XML,
    "X-08": IN_XML,
    "X-10": IN_XML,
    "X-11": IN_XML,
    "X-13": IN_XML,
    "X-14": (*IN_XML, f"{XML}::test_x14_who_is_meant_is_the_bodys_name"),
    "X-16": IN_XML,
    "X-17": (*IN_XML, "dialect/test_soap_client.py::", "dialect/test_envelope.py::"),
    "X-19": (
        f"{SCHEMA}::test_x19_a_pattern_takes_no_time",
        f"{SCHEMA}::test_x19_what_fits_goes_through",
        "schema/test_lint.py::test_a_pattern_that_repeats_what_repeats_is_told",
    ),
    "X-20": (f"{SCHEMA}::test_x20_five_megabytes_of_base64",),  # accepted; 3.9 and 8.0 times the message, not 3
    "X-22": (f"{SCHEMA}::test_x22_namespaces_in_scope_do_not_multiply", f"{SCHEMA}::test_x22_at_its_bound"),
    "X-23": (f"{SCHEMA}::test_x23_packages",),
    "D-01": (f"{WSS}::test_d01_wrapping", "plugins/encryption/test_wssecurity_parts.py::test_a_signed_element_that_was_moved_is_no_proof"),
    "D-02": (
        f"{WSS}::test_tampered_signatures",
        f"{WSS}::test_d02_unsigned_body_or_timestamp",
        "plugins/encryption/test_wssecurity_parts.py::test_a_signature_counts_where_it_is_over_the_body",
    ),
    "D-04": (f"{WSS}::test_tampered_signatures",),
    "D-05": (
        f"{WSS}::test_tampered_signatures",
        f"{BOUNDS}::test_d05_costs_nothing",
        f"{BOUNDS}::test_d05_transforms",
        f"{BOUNDS}::test_d05_references",
    ),
    "D-07": (f"{WSS}::test_tampered_signatures", f"{WSS}::test_d07_short_keys", f"{BOUNDS}::test_d07_curves", f"{BOUNDS}::test_d07_rsa"),
    "D-08": (f"{WSS}::test_tampered_signatures", "plugins/encryption/test_wssecurity_session.py::"),
    "D-10": (f"{WSS}::test_d10_comments_do_not_cut_values",),
    "D-11": (
        f"{WSS}::test_expiry_and_two_or_no_timestamps",
        "plugins/encryption/test_wssecurity.py::test_the_same_message_twice_is_accepted_once_over_two_replicas",
        f"{BOUNDS}::test_d11_ages",
    ),
    "E-01": (f"{WSS}::test_tampered_encryption",),
    "E-02": ("wire/test_uniform.py::test_time_tells_nothing", f"{BOUNDS}::test_e02_a_thousand_mutations_are_one_refusal"),
    "E-04": ("plugins/encryption/test_wssecurity_encrypt.py::test_cbc_and_rsa15_of_an_old_service_by_the_dangerous_setting_only",),
    "E-05": (
        f"{WSS}::test_e05_what_was_encrypted_goes_through_the_limits",
        f"{WSS}::test_e05_a_signature_cannot_come_out_of_the_body",
        f"{BOUNDS}::test_e05_what_a_ciphertext_becomes_is_bounded",
        f"{BOUNDS}::test_e05_references",
    ),
    "W-01": (
        f"{JOSE}::test_headers_of_row_w01_are_refused_at_once",
        f"{JOSE}::test_json_forms_and_long_tokens",
        f"{BOUNDS}::test_w01_a_header_at_its_bound",
    ),
    "W-02": (f"{JOSE}::test_w02_points_that_are_not_on_the_curve",),
    "W-04": (
        "house/test_secret_comparisons.py::test_no_secret_is_compared_by_equality",
        "attacks/test_guesses.py::test_w04_a_right_beginning_of_a_password_takes_no_other_time",
    ),
    "W-05": (
        f"{SHARED}::test_w05_a_number_is_good_once_among_fifty_at_two_gateways",
        "wire/test_replicas.py::test_w05_w08_a_number_is_good_once_over_replicas_and_never_after_a_flush",
    ),
    "W-07": (f"{SHARED}::test_w07_killed_around_the_send_nothing_is_sent_again_and_no_number_comes_twice",),
    "W-08": (
        f"{SHARED}::test_w08_a_wrong_clock_changes_nothing_and_a_lost_store_ends_the_session",
        "wire/test_replicas.py::test_w05_w08_a_number_is_good_once_over_replicas_and_never_after_a_flush",
    ),
    "W-10": (
        "plugins/encryption/test_jose.py::test_w10_a_key_that_encrypts_by_itself_ends",
        f"{BOUNDS}::test_w10_no_nonce_twice_over_forks",
        f"{BOUNDS}::test_w10_a_key_ends_at_its_bound",
    ),
}
# the rows as the table has them; those of `X` that are data of one test stand in its data by their ids
ALL = (
    "X-01 X-02 X-04 X-05 X-07 X-08 X-10 X-11 X-13 X-14 X-16 X-17 X-19 X-20 X-22 X-23 "
    "D-01 D-02 D-04 D-05 D-07 D-08 D-10 D-11 E-01 E-02 E-04 E-05 W-01 W-02 W-04 W-05 W-07 W-08 W-10"
).split()
IDS_IN_DATA = {f"{XML}::test_rows": XML, f"{WSS}::test_tampered_signatures": WSS, f"{WSS}::test_tampered_encryption": WSS}


@cache
def functions(file: str) -> tuple[frozenset[str], str]:
    """The tests of a file, and its text."""
    text = (ROOT / "tests" / file).read_text("utf-8")
    found = (node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(found), text


def test_the_table_has_every_row() -> None:
    assert list(ROWS) == ALL


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_its_tests(row: str) -> None:
    for test in ROWS[row]:
        file, _, name = test.partition("::")
        known, text = functions(file)
        assert name in known if name else row in text, test
        if test in IDS_IN_DATA:
            assert f'"{row} ' in text or f'"{row}"' in text, f"{test} has no case of this row"
