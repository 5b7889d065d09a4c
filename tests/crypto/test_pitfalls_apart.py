"""Each pitfall and attack once more, as it meets a workstation, a command line and a browser.

``test_pitfalls`` has where the protocol itself refuses it. Here is a test through the program that
somebody uses, or the reason why there is none.
"""

import pytest

from tests.crypto.test_pitfalls import PITFALLS, TRAPS, missing

Row = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Tests at a workstation, at a command line, in a browser."""

CRYPTO = ("reason: it reads and writes with ``crypto`` alone, and has no code of its own for it.",)
SERVERS = ("reason: it is for a server to refuse, whoever asks.",)
NO_WORDS = ("reason: a workstation has no reporter's words.",)
PLAIN = ("reason: only the lane without scripts has it.",)

# The browser has the protocol a second time: each vector, and the same reading of a mailbox.
VECTORS = (
    "browser.test_twin::test_every_vector_holds_with_webassembly",
    "static.test_twin::test_node_runs_every_vector_and_the_tests_of_the_scripts",
)
MAILBOX = ("static.test_twin::test_both_see_the_same_in_a_mailbox",)
AUTHORS = (
    "static.test_twin_authors::test_both_find_the_same_author_or_refuse_for_the_same_reason",
    "static.test_twin_authors::test_authors_follow_each_other_as_the_table_says",
)
DIRECTORY = (
    "browser.journey.test_report_trouble"
    "::test_a_directory_that_is_not_the_teams_for_this_address_is_not_believed",
)
OLDER = (
    "browser.journey.test_report_trouble"
    "::test_a_server_that_steps_back_to_an_older_directory_is_sent_nothing",
    "browser.journey.test_report_trouble"
    "::test_a_page_left_open_until_the_key_has_expired_seals_nothing",
)
NOT_WHOLE = (
    "report.test_at_a_terminal::test_a_mailbox_that_is_not_whole_is_answered_only_after_asking",
)
ONE_OF_EACH = (
    "inbox_ui.test_hostile_feed::test_one_hostile_envelope_of_each_kind_among_a_hundred",
)

APART: dict[str, Row] = {
    "P1": (
        (
            "inbox_ui.test_hostile_team::test_no_made_up_receiving_key_is_granted_to",
            "inbox_ui.test_hostile_team::test_no_made_up_grant_comes_into_a_vault_and_each_is_named",
        ),
        ("client.test_visit::test_every_flipped_byte_of_the_directory_is_refused",),
        AUTHORS,
    ),
    "P2": (
        (
            "inbox_ui.test_hostile_feed::test_a_forged_reporter_is_not_shown",
            "inbox_ui.test_hostile_feed::test_a_reply_behind_the_teams_back_is_an_alarm",
            "inbox_ui.test_hostile_feed::test_a_foreign_analysts_note_is_not_shown",
        ),
        NOT_WHOLE,
        MAILBOX,
    ),
    "P3": (
        (
            "inbox_ui.test_hostile_feed::test_a_swapped_mailbox_is_named_in_both",
            "inbox_ui.test_hostile_team::test_another_mailboxes_rows_for_a_case_are_refused",
        ),
        CRYPTO,
        ("static.test_twin::test_a_reply_sealed_again_to_another_reporter_is_refused",),
    ),
    "P4": (
        ("inbox_ui.test_hostile_feed::test_the_same_envelope_twice_is_one_and_an_alarm",),
        ("client.test_visit::test_directory_with_one_key_twice",),
        VECTORS,
    ),
    "P5": (
        (
            "inbox_ui.test_sync"
            "::test_another_services_directory_is_refused_before_anything_is_fetched",
            "inbox_ui.test_hostile_team"
            "::test_another_teams_mailboxes_among_ours_stay_shut_and_ours_are_whole",
        ),
        (
            "client.test_visit::test_directory_of_another_root",
            "report.test_refusals::test_another_root",
        ),
        DIRECTORY,
    ),
    "P6": (
        (
            "inbox_ui.test_sync::test_a_rolled_back_directory_is_refused",
            "inbox_ui.test_sync::test_with_an_expired_directory_an_analyst_still_reads_and_writes",
            "inbox_ui.test_hostile_team"
            "::test_a_roster_that_is_kept_back_is_given_to_the_server_again",
        ),
        (
            "client.test_visit"
            "::test_expired_directory_seals_nothing_to_intake_and_reads_the_mailbox",
            "report.test_refusals::test_an_expired_directory",
        ),
        OLDER,
    ),
    "P7": (
        (
            "inbox_ui.test_epochs::test_a_grant_to_an_erased_receiving_key_does_not_open",
            "inbox_ui.test_purging"
            "::test_no_vault_opens_any_copy_once_the_keys_of_that_time_are_erased",
            "inbox_ui.test_team_life::test_the_teams_life",
        ),
        ("client.test_visit::test_a_new_epoch_between_directory_and_report_is_wrapped_anew",),
        (
            "static.test_twin"
            "::test_the_twin_seals_to_the_case_group_and_wraps_again_after_a_handover",
        ),
    ),
    "P8": (
        (
            "inbox_ui.test_sync::test_a_directory_nobody_signed_is_refused",
            "inbox_ui.test_joining"
            "::test_one_wrong_character_of_the_fingerprint_is_refused_at_every_place",
        ),
        ("client.test_http::test_the_directory_of_a_hostile_server_is_refused",),
        DIRECTORY,
    ),
    "P9": (
        (
            "inbox_ui.test_assigning"
            "::test_one_who_is_neither_opens_nothing_of_the_server_after_an_assignment",
        ),
        ("client.test_visit::test_a_server_that_asks_for_an_unsigned_key_gets_nothing",),
        (
            "browser.journey.test_report_trouble"
            "::test_a_server_that_asks_for_a_key_nobody_has_signed_is_sent_nothing_more",
        ),
    ),
    "P10": (
        ("inbox_ui.test_hostile_feed::test_two_texts_under_two_wraps_are_refused",),
        CRYPTO,
        VECTORS,
    ),
    "P11": (NO_WORDS, CRYPTO, VECTORS),
    "P12": (
        ("inbox_ui.test_saving::test_a_file_whose_parts_are_not_right_leaves_nothing",),
        (
            "client.test_files::test_the_part_of_another_file_is_refused",
            "report.test_commands::test_a_damaged_file_of_the_team_is_named_and_not_kept",
        ),
        VECTORS,
    ),
    "P13": (CRYPTO, CRYPTO, VECTORS),
    "P14": (CRYPTO, CRYPTO, VECTORS),
    "P15": (CRYPTO, CRYPTO, VECTORS),
    "P16": (CRYPTO, CRYPTO, VECTORS),
    "P17": (
        CRYPTO,
        CRYPTO,
        (
            "static.test_twin"
            "::test_the_server_takes_an_answer_of_the_twin_and_another_origin_gets_none",
        ),
    ),
    "P18": (
        ("inbox_ui.test_sync::test_an_origin_the_directory_does_not_name_is_refused",),
        (
            "client.test_visit::test_directory_served_at_an_origin_it_does_not_name",
            "report.test_refusals::test_an_origin_the_directory_does_not_name",
        ),
        DIRECTORY,
    ),
    "P19": (
        NO_WORDS,
        ("client.test_visit::test_the_same_words_under_another_root_are_another_mailbox",),
        ("static.test_twin::test_words_the_twin_draws_are_of_the_list",),
    ),
    "P20": (
        NO_WORDS,
        ("report.test_refusals::test_other_spellings_of_the_words",),
        (
            "browser.journey.test_reporter_mailbox"
            "::test_thirty_spellings_of_the_words_are_read_and_nothing_is_sent",
            "plain.test_mailbox::test_the_words_open_in_thirty_spellings",
        ),
    ),
    "P21": (
        CRYPTO,
        ("client.test_visit::test_one_character_and_twelve_thousand_are_the_same_requests",),
        (
            "browser.journey.test_report"
            "::test_one_letter_and_twelve_thousand_bytes_have_one_size_on_the_wire",
        ),
    ),
    "P22": (
        (
            "inbox_ui.test_sync::test_requests_are_the_same_for_what_opens_and_for_garbage",
            "inbox_ui.test_sync::test_nothing_is_sent_because_something_was_opened",
        ),
        ("client.test_visit::test_requests_do_not_depend_on_what_opens",),
        (
            "browser.journey.test_reporter_mailbox"
            "::test_the_same_is_asked_of_the_server_whatever_opens",
        ),
    ),
    "P23": (
        (
            "inbox_ui.test_hostile_feed::test_a_deleted_row_leaves_a_named_hole",
            "inbox_ui.test_hostile_feed"
            "::test_reordered_rows_are_put_in_order_and_nothing_is_hidden",
            "inbox_ui.test_hostile_team::test_an_assignment_that_is_dropped_by_half_is_an_alarm",
        ),
        NOT_WHOLE,
        MAILBOX,
    ),
    "P24": (
        (
            "inbox_ui.test_joining::test_an_admission_altered_at_any_byte_is_refused_and_named",
            "inbox_ui.test_hostile_team"
            "::test_a_roster_that_is_not_the_teams_newest_is_named_and_changes_nobody",
        ),
        ("client.test_visit::test_every_flipped_byte_of_the_directory_is_refused",),
        (
            "static.test_twin::test_no_bit_of_a_signed_directory_can_be_changed",
            "static.test_twin::test_no_bit_of_a_signed_certificate_can_be_changed",
            "static.test_twin::test_no_bit_of_an_envelope_can_be_changed",
        ),
    ),
    "P25": (CRYPTO, CRYPTO, VECTORS),
    "P26": (ONE_OF_EACH, CRYPTO, VECTORS),
    "P27": (
        ("reason: its pages are its own, and no server's.",),
        (
            "report.test_verify::test_a_changed_byte_in_any_page_or_script_is_found",
            "report.test_verify::test_other_bytes_for_some_are_found",
        ),
        ("site.test_served::test_fifty_visitors_are_given_the_same_bytes",),
    ),
    "P28": (CRYPTO, ("reason: it seals before anything leaves the machine.",), PLAIN),
    "P29": (CRYPTO, CRYPTO, VECTORS),
    "P30": (ONE_OF_EACH, CRYPTO, MAILBOX),
    "card that does not hash to the address": (ONE_OF_EACH, CRYPTO, VECTORS),
    "by another reporter": (
        ("inbox_ui.test_hostile_feed::test_another_reporters_card_does_not_open_a_mailbox",),
        CRYPTO,
        VECTORS,
    ),
    "by another mailbox's case group": (
        ("inbox_ui.test_hostile_feed::test_a_swapped_mailbox_is_named_in_both",),
        CRYPTO,
        AUTHORS,
    ),
    "chain byte changed": (ONE_OF_EACH, CRYPTO, VECTORS),
    "stub of a forged id": (
        ("inbox_ui.test_hostile_feed::test_a_body_that_was_taken_away_is_said_to_be_withheld",),
        ("client.test_deleting::test_a_server_that_loses_the_signature_is_noticed",),
        MAILBOX,
    ),
    "certificate of another mailbox": (CRYPTO, CRYPTO, AUTHORS),
    "certificate of another role": (CRYPTO, CRYPTO, AUTHORS),
    "certificate with a lower number": (CRYPTO, CRYPTO, AUTHORS),
    "author after closing": (CRYPTO, CRYPTO, AUTHORS),
    "removed handler": (
        (
            "inbox_ui.test_purge_attacks"
            "::test_a_handler_who_left_has_no_case_purged_until_a_colleague_ends_it_again",
            "inbox_ui.test_crashes_team"
            "::test_whoever_a_case_was_taken_from_has_let_go_of_it_in_the_end",
        ),
        CRYPTO,
        AUTHORS,
    ),
    "grant opened with an erased receiving key": (
        ("inbox_ui.test_epochs::test_a_grant_to_an_erased_receiving_key_does_not_open",),
        ("reason: a reporter is granted nothing.",),
        ("reason: a reporter is granted nothing.",),
    ),
    "unreduced ML-KEM key": (CRYPTO, CRYPTO, VECTORS),
    "challenge used twice at once, spent on another worker": (SERVERS, SERVERS, SERVERS),
    "a ticket sent twice": (
        PLAIN,
        PLAIN,
        (
            "browser.test_plain"
            "::test_a_report_sent_again_by_reload_back_or_a_double_click_is_stored_once",
        ),
    ),
    "JSON in any second form": (
        CRYPTO,
        CRYPTO,
        ("static.test_twin::test_both_refuse_every_second_form",),
    ),
}

LIKE = {
    "key in another key's slot": "P1",
    "sealed text signed by nobody": "P2",
    "reply re-sealed to another reporter": "P3",
    "the same envelope twice": "P4",
    "directory of another service": "P5",
    "directory at another origin": "P18",
    "directory rolled back, frozen, expired": "P6",
    "directory with two keys alike": "P4",
    "two texts under two wraps": "P10",
    "file parts missing, swapped, repeated, added, of another file": "P12",
    "small-order, aliased, non-canonical points": "P13",
    "malleable signatures": "P15",
    "challenge replayed, relayed": "P18",
    "thirty spellings of one passphrase": "P20",
    "equal sizes for one character and 8,000": "P21",
    "each byte of every signed object flipped": "P24",
    "version byte changed": "P26",
    "rows swapped, deleted, reordered in the database": "P23",
    "one hostile envelope among a hundred": "P30",
}
"""Attacks that are the same as a pitfall to whoever meets them."""


@pytest.mark.parametrize("column", range(3), ids=["workstation", "command line", "browser"])
def test_every_pitfall_and_attack_has_a_test_there_or_a_reason(column: int) -> None:
    assert missing({what: row[column] for what, row in APART.items()}) == []


def test_none_is_left_out_and_none_made_up() -> None:
    assert APART.keys() | LIKE.keys() == PITFALLS.keys() | TRAPS.keys()
    assert not APART.keys() & LIKE.keys()
    assert set(LIKE.values()) <= APART.keys()


def test_the_browser_is_tested_with_its_own_code_wherever_it_is_asked() -> None:
    """It shares nothing with ``crypto``: a reason that is good for the others is none for it."""
    assert [what for what, (_, _, browser) in APART.items() if browser is CRYPTO] == []
