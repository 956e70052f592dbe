"""What the schema says of a published list; the content itself comes frozen from `boards.publication`."""

from rest_framework import serializers


class Organisation(serializers.Serializer):
    """An organisation by its ODS code."""

    ods_code = serializers.CharField(help_text="Its ODS code")
    name = serializers.CharField(help_text="Its name when the list was published")


class Vacancy(serializers.Serializer):
    """The vacancy a list was made for."""

    reference = serializers.CharField(help_text="The reference in adverts, such as V-7K3QX2MP")
    title = serializers.CharField(help_text="The title in adverts")
    post = serializers.CharField(help_text="The kind of post, such as Medical director")
    organisation = Organisation()
    closes_on = serializers.DateField(help_text="The closing date")


class Summary(serializers.Serializer):
    """One published list."""

    reference = serializers.UUIDField(help_text="The list’s own reference")
    url = serializers.URLField(help_text="Where the whole list is")
    vacancy = Vacancy()
    published_at = serializers.DateTimeField(help_text="When it was published, in UTC")
    included = serializers.IntegerField(help_text="How many candidates were included when it was published")
    sha256 = serializers.CharField(help_text="The list’s hash")


class Criterion(serializers.Serializer):
    """How many of the pool did not meet one essential criterion."""

    criterion = serializers.CharField(help_text="The criterion’s code")
    title = serializers.CharField(help_text="The criterion in words")
    people = serializers.IntegerField(help_text="Whose first failed criterion it is")


class Counts(serializers.Serializer):
    """The pool in figures."""

    considered = serializers.IntegerField(help_text="Consenting people in the pool")
    eligible = serializers.IntegerField(help_text="Those who met every essential criterion")
    included = serializers.IntegerField(help_text="Those a named person included")
    excluded = serializers.IntegerField(help_text="Eligible, and excluded by a named person with a reason")
    not_eligible = Criterion(many=True)


class Header(serializers.Serializer):
    """How the list was made, and who published it."""

    format = serializers.CharField(help_text="Name and version of this format")
    reference = serializers.UUIDField(help_text="The list’s own reference")
    vacancy = Vacancy()
    number = serializers.IntegerField(help_text="Which build of the vacancy's list this is")
    as_of = serializers.DateField(help_text="The day the facts are of")
    scorer_version = serializers.CharField(help_text="The version of the rules that add up points")
    specification = serializers.DictField(help_text="Criteria and weights as they were")
    tie_rule = serializers.CharField(help_text="How equal totals are ordered")
    counts = Counts()
    built_sha256 = serializers.CharField(help_text="The hash of the whole list as it was built")
    published_at = serializers.DateTimeField(help_text="When it was published, in UTC")
    published_by = serializers.CharField(help_text="Who published it")


class Contribution(serializers.Serializer):
    """What one desirable criterion adds: `points` = `weight` × `figure`, of at most `full`."""

    criterion = serializers.CharField(help_text="The criterion’s code")
    title = serializers.CharField(help_text="The criterion in words")
    weight = serializers.IntegerField(help_text="From 0 to 10")
    figure = serializers.IntegerField(help_text="The candidate’s figure, in twelfths")
    full = serializers.IntegerField(help_text="The most the figure can be")
    points = serializers.IntegerField(help_text="weight × figure")
    words = serializers.CharField(help_text="The figure in words")


class Decision(serializers.Serializer):
    """Who included the candidate, when and why."""

    outcome = serializers.CharField(help_text="Always include: others are not in the list")
    reason = serializers.CharField(help_text="Why, in that person’s words")
    by = serializers.CharField(help_text="Who decided")
    at = serializers.DateTimeField(help_text="When, in UTC")


class Candidate(serializers.Serializer):
    """An included candidate; the contributions add up to the total."""

    reference = serializers.UUIDField(help_text="Random; of use in this list only")
    name = serializers.CharField(help_text="As the person writes it")
    profession = serializers.CharField(help_text="In words")
    organisation = Organisation()
    post_title = serializers.CharField(help_text="The current post; empty where none is known")
    rank = serializers.IntegerField(help_text="The place in the list; equal totals share one")
    total = serializers.IntegerField(help_text="The sum of the points below")
    contributions = Contribution(many=True)
    decision = Decision()


class Entry(serializers.Serializer):
    """A place in the list; without `candidate` where the person has since withdrawn."""

    withdrawn = serializers.BooleanField(help_text="True where the person has withdrawn since")
    sha256 = serializers.CharField(help_text="Of the candidate's canonical JSON")
    candidate = Candidate(required=False)


class Shortlist(serializers.Serializer):
    """A published list. `sha256` is over the canonical header and the entries' hashes, one to a line."""

    header = Header()
    entries = Entry(many=True)
    sha256 = serializers.CharField(help_text="The list’s hash")


class FieldError(serializers.Serializer):
    """What is wrong with one part of the request."""

    pointer = serializers.CharField(help_text="A JSON pointer")
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    request_id = serializers.CharField()
    errors = FieldError(many=True, required=False)  # type: ignore[assignment]
