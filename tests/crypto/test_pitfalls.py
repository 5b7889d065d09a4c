"""Where each pitfall of the protocol is tested, so that none is forgotten."""

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

HERE = Path(__file__).parent

# A test as module::function, of this folder where the module has no dot, or a reason for none.
# What they are to somebody at a workstation, a terminal or a browser: test_pitfalls_apart.
PITFALLS: dict[str, tuple[str, ...]] = {
    "P1": (
        "test_keys::test_a_key_in_another_keys_slot_makes_another_card",
        "test_keys::test_a_signature_of_one_purpose_is_none_of_another",
        "test_directory::test_cards_that_change_places_are_noticed",
        "test_certificates::test_a_certificate_is_for_one_card",
        "test_authors::test_nobody_else_is_an_author",
        "test_authors::test_a_card_that_is_not_the_certified_one_is_refused",
        "test_roster::test_a_key_in_another_slot_of_a_members_card_is_refused",
        "test_roster::test_a_key_of_one_principal_in_anothers_slot_of_the_roster_is_refused",
        "test_groups::test_a_grant_of_another_secret_than_it_names_is_refused",
        "test_groups::test_a_paper_is_never_taken_for_another",
    ),
    "P2": (
        "test_reporter::test_a_reply_signed_by_nobody_is_not_shown",
        "test_reporter::test_a_reply_the_intake_group_did_not_sign_is_not_shown",
        "test_reporter::test_a_reply_in_ones_own_name_is_not_shown",
        "test_analyst::test_a_report_signed_by_nobody_is_quarantined",
        "test_analyst::test_a_reply_the_group_did_not_sign_is_quarantined",
    ),
    "P3": (
        "test_reporter::test_reply_resealed_to_another_reporter_is_not_shown",
        "test_reporter::test_an_envelope_wrapped_to_another_reporter_is_not_hers",
        "test_reporter::test_a_chain_byte_changed_is_noticed",
        "test_reporter::test_a_reporters_own_words_are_not_shown_as_the_teams",
        "test_analyst::test_a_team_envelope_is_no_report",
        "test_groups::test_a_grant_to_another_member_is_refused",
        "test_groups::test_a_wrap_of_another_kind_or_group_grants_nothing",
        "test_disclosure::test_a_request_for_a_group_of_another_case_is_not_shown",
        "test_disclosure::test_a_half_of_another_mailbox_is_not_opened",
    ),
    "P4": (
        "test_directory::test_a_directory_with_two_keys_alike_is_refused",
        "test_chains::test_the_same_envelope_twice_is_one_item_and_an_alarm",
        "test_reporter::test_the_same_envelope_twice_is_shown_once",
        "test_authors::test_no_key_of_the_directory_comes_back_as_a_case_group",
        "test_roster::test_a_roster_with_two_keys_alike_is_refused",
    ),
    "P5": (
        "test_directory::test_a_directory_of_another_service_is_refused",
        "test_directory::test_a_directory_under_a_publisher_of_another_service_is_refused",
        "test_keys::test_a_signature_for_one_service_is_none_for_another",
        "test_passphrase::test_the_same_words_elsewhere_are_another_mailbox",
        "test_reporter::test_a_reply_of_another_service_is_not_shown",
        "test_analyst::test_a_report_of_another_service_is_quarantined",
        "test_roster::test_a_roster_of_another_service_is_refused",
    ),
    "P6": (
        "test_directory::test_a_directory_rolled_back_is_refused",
        "test_directory::test_a_frozen_directory_expires",
        "test_directory::test_the_publishers_days_count_as_well",
        "test_reporter::test_nothing_is_sealed_to_the_intake_under_an_expired_directory",
        "test_reporter::test_a_server_that_steps_back_within_one_sitting_is_noticed",
        "test_analyst::test_an_older_state_shown_to_her_is_noticed_when_she_writes",
        "test_roster::test_a_roster_rolled_back_is_refused",
        "test_roster::test_an_expired_or_early_roster_says_so",
    ),
    "P7": (
        "test_wrapping::test_a_groups_old_secret_opens_nothing_wrapped_to_the_new_one",
        "test_analyst::test_the_next_epochs_group_does_not_read_what_was_sealed_before",
        "test_reporter::test_a_removed_handler_cannot_take_the_case_back",
        "test_contact::test_a_former_contact_group_opens_nothing_new",
        "test_assigning::test_a_removed_handler_writes_nothing_more",
        "test_assigning::test_after_assignment_one_who_is_neither_opens_nothing",
        "test_disclosure::test_a_former_contact_group_answers_nothing_left_since",
        "test_roster::test_a_publisher_who_left_or_is_suspended_publishes_nothing_more",
    ),
    "P8": (
        "test_directory::test_a_key_slipped_into_the_directory_is_refused",
        "test_roster::test_only_a_publisher_signs_rosters",
        "test_roster::test_a_member_nobody_certified_is_refused",
        "test_groups::test_a_receiving_key_that_somebody_else_signed_is_refused",
        "test_groups::test_a_grant_the_granter_did_not_sign_is_refused",
    ),
    "P9": (
        "test_reporter::test_a_report_is_sealed_to_the_intake_group_and_to_nobody_else",
        "test_groups::test_a_stolen_card_opens_no_grant",
    ),
    "P10": (
        "test_envelope::test_the_cipher_alone_opens_one_ciphertext_to_two_texts",
        "test_envelope::test_a_salamander_is_refused_by_its_commitment",
        "test_reporter::test_two_texts_under_two_wraps_are_refused",
        "test_analyst::test_two_texts_under_two_wraps_are_refused_by_the_team",
        "test_analyst::test_a_group_wrap_that_holds_another_key_is_quarantined",
    ),
    "P11": ("test_reporter::test_one_envelope_does_not_answer_for_two_passphrases",),
    "P12": (
        "test_files::test_parts_missing_swapped_repeated_added_or_foreign_are_noticed",
        "test_files::test_nothing_is_finished_before_the_last_part",
        "test_files::test_a_tail_that_is_not_zeros_is_noticed",
    ),
    "P13": (
        "test_primitives::test_an_aliased_or_small_order_x25519_point_is_refused",
        "test_keys::test_a_card_with_a_bad_box_key_is_refused",
        "test_keys::test_the_top_bit_of_a_box_key_makes_no_second_card",
        "test_authors::test_a_case_group_with_a_bad_key_is_refused",
        "test_groups::test_a_receiving_key_that_no_honest_program_makes_is_refused",
        "test_roster::test_a_member_with_a_bad_key_is_refused",
    ),
    "P14": (
        "test_primitives::test_a_bad_ed25519_point_is_refused",
        "test_keys::test_a_card_with_a_bad_signing_key_is_refused",
        "test_login::test_nobody_logs_in_with_a_bad_key",
        "test_directory::test_a_directory_with_a_bad_key_is_refused",
        "test_analyst::test_a_reporters_card_with_a_bad_key_is_quarantined",
        "test_roster::test_a_member_with_a_bad_key_is_refused",
    ),
    "P15": (
        "test_primitives::test_a_signature_with_s_plus_l_is_refused",
        "test_primitives::test_a_bad_point_verifies_nothing",
    ),
    "P16": (
        "test_envelope::test_nonces_and_keys_are_new_for_every_envelope",
        "test_every_bit::test_a_hundred_thousand_envelopes_share_no_nonce_or_key",
        "test_wrapping::test_no_two_wraps_are_alike",
        "test_files::test_a_part_is_another_every_time_it_is_sealed",
        "test_analyst::test_two_writers_after_a_restored_snapshot_share_nothing",
    ),
    "P17": (
        "test_login::test_an_answer_is_never_a_signature_of_something_else",
        "test_keys::test_the_two_signing_keys_do_not_stand_in_for_each_other",
        "test_analyst::test_a_report_signed_with_her_other_key_is_quarantined",
    ),
    "P18": (
        "test_login::test_an_answer_is_good_for_one_place_and_challenge",
        "test_login::test_nobody_answers_at_an_origin_the_directory_does_not_name",
    ),
    "P19": (
        "test_passphrase::test_seven_words_of_the_list_are_drawn",
        "test_passphrase::test_no_word_is_likelier_than_another",
        "test_passphrase::test_the_same_words_elsewhere_are_another_mailbox",
    ),
    "P20": ("test_passphrase::test_every_spelling_opens_the_same_mailbox",),
    "P21": (
        "test_reporter::test_one_character_and_8000_have_one_size",
        "test_reporter::test_what_compresses_well_is_no_smaller",
    ),
    "P22": (
        "inbox_ui.test_sync::test_requests_are_the_same_for_what_opens_and_for_garbage",
        "client.test_visit::test_requests_do_not_depend_on_what_opens",
    ),
    "P23": (
        "test_chains::test_a_hole_is_noticed_where_it_begins",
        "test_chains::test_rows_that_swapped_places_do_not_link",
        "test_chains::test_what_belongs_elsewhere_is_named_and_left_out",
        "test_chains::test_drops_duplicates_forks_and_any_order_give_exactly_their_alarms",
        "test_analyst::test_words_are_not_moved_to_another_place",
        "test_reporter::test_a_fork_changes_nothing_and_nothing_is_sent",
        "test_assigning::test_two_assignments_at_one_place_change_no_handler",
        "test_assigning::test_what_is_hidden_of_the_teams_chain_may_be_a_handover",
        "test_assigning::test_an_assignment_that_is_not_there_in_both_chains_is_an_alarm",
        "test_assigning::test_a_case_taken_by_somebody_else_is_an_alarm_and_can_be_assigned_anew",
    ),
    "P24": (
        "test_flips::test_a_header_with_one_bit_changed_is_not_shown",
        "test_flips::test_a_body_with_one_bit_changed_is_not_shown",
        "test_flips::test_a_wrap_with_one_bit_changed_is_not_shown",
        "test_flips::test_every_byte_of_signature_and_payload_is_signed",
        "test_directory::test_each_byte_of_a_directory_counts",
        "test_certificates::test_each_bit_of_a_certificate_counts",
        "test_authors::test_each_byte_of_a_proof_counts",
        "test_login::test_each_bit_of_an_answer_counts",
        "test_every_bit::test_each_bit_of_a_body_counts",
        "test_every_bit::test_each_bit_of_a_directory_counts",
        "test_flips::test_an_assignment_with_one_bit_changed_is_not_shown",
        "test_roster::test_each_byte_of_a_roster_counts",
        "test_groups::test_each_byte_of_a_paper_counts",
        "test_every_bit::test_each_bit_of_a_roster_counts",
        "test_every_bit::test_each_bit_of_a_paper_counts",
        "test_every_bit::test_each_byte_of_an_assignment_counts",
    ),
    "P25": ("test_reporter::test_a_stolen_box_key_of_the_team_forges_nothing",),
    "P26": (
        "test_envelope::test_another_version_is_refused",
        "test_reporter::test_an_envelope_of_another_version_is_not_shown",
    ),
    "P27": ("site.test_served::test_fifty_visitors_are_given_the_same_bytes",),
    "P28": ("test_documents::test_what_is_sealed_on_arrival_says_so",),
    "P29": (
        "test_wrapping::test_both_layers_have_to_be_opened",
        "test_wrapping::test_a_wrap_without_its_post_quantum_layer_is_refused",
    ),
    "P30": (
        "test_reporter::test_one_hostile_reply_among_a_hundred_hides_none",
        "test_analyst::test_one_hostile_envelope_of_each_kind_among_a_hundred_hides_none",
    ),
}

TRAPS: dict[str, tuple[str, ...]] = {
    "card that does not hash to the address": (
        "test_analyst::test_a_card_that_does_not_hash_to_the_address_is_quarantined",
    ),
    "key in another key's slot": PITFALLS["P1"],
    "sealed text signed by nobody": PITFALLS["P2"],
    "by another reporter": ("test_analyst::test_a_report_by_another_reporter_is_quarantined",),
    "by another mailbox's case group": (
        "test_reporter::test_a_case_group_of_another_mailbox_is_not_shown",
    ),
    "reply re-sealed to another reporter": PITFALLS["P3"],
    "chain byte changed": ("test_reporter::test_a_chain_byte_changed_is_noticed",),
    "the same envelope twice": PITFALLS["P4"],
    "stub of a forged id": (
        "test_reporter::test_a_stub_of_a_forged_id_is_missing_and_does_not_link",
        "test_chains::test_a_stub_of_a_forged_id_does_not_link",
    ),
    "directory of another service": PITFALLS["P5"],
    "directory at another origin": (
        "test_directory::test_a_directory_is_used_at_the_origins_it_names",
    ),
    "directory rolled back, frozen, expired": PITFALLS["P6"],
    "directory with two keys alike": (
        "test_directory::test_a_directory_with_two_keys_alike_is_refused",
    ),
    "certificate of another mailbox": (
        "test_authors::test_a_certificate_of_another_mailbox_is_refused",
        "test_handling::test_a_certificate_of_another_mailbox_assigns_nothing",
    ),
    "certificate of another role": (
        "test_certificates::test_a_certificate_is_accepted_for_its_role_alone",
        "test_authors::test_a_certificate_of_another_role_is_refused",
    ),
    "certificate with a lower number": (
        "test_authors::test_a_certificate_that_skips_or_repeats_a_number_is_refused",
        "test_handling::test_a_number_that_does_not_rise_assigns_nothing",
    ),
    "author after closing": (
        "test_authors::test_authors_follow_each_other_as_the_table_says",
        "test_assigning::test_a_concluded_case_is_the_intake_groups_again",
        "test_handling::test_only_the_group_that_has_the_case_or_intake_certifies_the_next",
    ),
    "removed handler": (
        "test_reporter::test_a_removed_handler_cannot_take_the_case_back",
        "test_assigning::test_a_removed_handler_writes_nothing_more",
        "test_handling::test_who_may_write_what",
    ),
    "grant opened with an erased receiving key": (
        "test_groups::test_a_grant_does_not_open_with_an_erased_receiving_key",
    ),
    "two texts under two wraps": PITFALLS["P10"],
    "file parts missing, swapped, repeated, added, of another file": PITFALLS["P12"],
    "small-order, aliased, non-canonical points": (*PITFALLS["P13"], *PITFALLS["P14"]),
    "unreduced ML-KEM key": (
        "test_primitives::test_an_unreduced_ml_kem_key_is_refused",
        "test_wrapping::test_nothing_is_wrapped_to_an_unreduced_key",
    ),
    "malleable signatures": PITFALLS["P15"],
    "challenge replayed, relayed": PITFALLS["P18"],
    "challenge used twice at once, spent on another worker": (
        "dropbox.test_sessions::test_a_challenge_is_good_once",
        "dropbox.test_sessions::test_a_challenge_used_many_times_at_once_works_once_on_any_worker",
    ),
    "a ticket sent twice": (
        "plain.test_reporting::test_the_same_form_twice_is_stored_once_and_the_second_answer_says_so",
        "plain.test_reporting::test_the_same_form_at_once_is_stored_once",
    ),
    "thirty spellings of one passphrase": PITFALLS["P20"],
    "equal sizes for one character and 8,000": PITFALLS["P21"],
    "each byte of every signed object flipped": PITFALLS["P24"],
    "version byte changed": PITFALLS["P26"],
    "JSON in any second form": (
        "test_encoding::test_no_second_form_is_read",
        "test_documents::test_no_second_form_of_a_report_is_read",
        "test_directory::test_no_second_form_of_a_directory_is_read",
        "test_certificates::test_no_second_form_of_a_certificate_is_read",
        "test_roster::test_no_second_form_of_a_roster_is_read",
        "test_groups::test_no_second_form_of_a_paper_is_read",
    ),
    "rows swapped, deleted, reordered in the database": PITFALLS["P23"],
    "one hostile envelope among a hundred": PITFALLS["P30"],
}


def missing(table: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What names a test that there is not."""
    missing = []
    for what, places in table.items():
        assert places, what
        for place in places:
            if place.startswith("reason: "):
                continue
            module, _, name = place.partition("::")
            path = f"tests.{module}" if "." in module else f"tests.crypto.{module}"
            if not callable(getattr(import_module(path), name, None)):
                missing.append(f"{what}: {place}")
    return missing


def test_every_pitfall_has_a_test() -> None:
    assert list(PITFALLS) == [f"P{number}" for number in range(1, 31)]
    assert missing(PITFALLS) == []


def test_every_trap_has_a_test() -> None:
    assert missing(TRAPS) == []


def test_a_test_that_is_gone_would_be_missed() -> None:
    assert missing({"P1": ("test_keys::test_nothing_of_that_name",)})
    assert missing({"P1": ("inbox_ui.test_sync::test_nothing_of_that_name",)})


@pytest.mark.parametrize("path", sorted(HERE.glob("test_*.py")), ids=lambda path: path.stem)
def test_a_reference_in_a_docstring_is_in_the_table(path: Path) -> None:
    """A test that says which pitfall it is for is listed there, or beside one that is."""
    text = path.read_text("utf-8")
    for match in re.finditer(
        r"def (test_\w+)\(.*?\) -> None:\n    \"\"\"(.*?)\"\"\"", text, re.DOTALL
    ):
        for number in re.findall(r"\bP(\d+)\b", match.group(2).rpartition("(")[2]):
            assert f"P{number}" in PITFALLS, match.group(1)
