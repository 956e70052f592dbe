"""What the schema says of a published list; the content itself comes frozen from `boards.publication`."""

from rest_framework import serializers


class Organisation(serializers.Serializer):
    """An organisation by its ODS code."""

    ods_code = serializers.CharField()
    name = serializers.CharField()


class Vacancy(serializers.Serializer):
    """The vacancy a list was made for."""

    reference = serializers.CharField()
    title = serializers.CharField()
    post = serializers.CharField(help_text="The kind of post, such as Medical director")
    organisation = Organisation()
    closes_on = serializers.DateField()


class Summary(serializers.Serializer):
    """One published list."""

    reference = serializers.UUIDField()
    url = serializers.URLField(help_text="Where the whole list is")
    vacancy = Vacancy()
    published_at = serializers.DateTimeField()
    included = serializers.IntegerField(help_text="How many candidates were included when it was published")
    sha256 = serializers.CharField()


class Criterion(serializers.Serializer):
    """How many of the pool did not meet one essential criterion."""

    criterion = serializers.CharField()
    title = serializers.CharField()
    count = serializers.IntegerField()


class Counts(serializers.Serializer):
    """The pool in figures."""

    considered = serializers.IntegerField(help_text="Consenting people in the pool")
    eligible = serializers.IntegerField()
    included = serializers.IntegerField()
    excluded = serializers.IntegerField(help_text="Eligible, and excluded by a named person with a reason")
    not_eligible = Criterion(many=True)


class Header(serializers.Serializer):
    """How the list was made, and who published it."""

    format = serializers.CharField()
    reference = serializers.UUIDField()
    vacancy = Vacancy()
    number = serializers.IntegerField(help_text="Which build of the vacancy's list this is")
    as_of = serializers.DateField(help_text="The day the facts are of")
    scorer_version = serializers.CharField()
    specification = serializers.DictField(help_text="Criteria and weights as they were")
    tie_rule = serializers.CharField()
    counts = Counts()
    built_sha256 = serializers.CharField()
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField()


class Contribution(serializers.Serializer):
    """What one desirable criterion adds: `points` = `weight` × `figure`, of at most `full`."""

    criterion = serializers.CharField()
    title = serializers.CharField()
    weight = serializers.IntegerField()
    figure = serializers.IntegerField()
    full = serializers.IntegerField()
    points = serializers.IntegerField()
    words = serializers.CharField()


class Decision(serializers.Serializer):
    """Who included the candidate, when and why."""

    outcome = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class Candidate(serializers.Serializer):
    """An included candidate; the contributions add up to the total."""

    reference = serializers.UUIDField(help_text="Random; of use in this list only")
    name = serializers.CharField()
    profession = serializers.CharField()
    organisation = Organisation()
    post_title = serializers.CharField()
    rank = serializers.IntegerField()
    total = serializers.IntegerField()
    contributions = Contribution(many=True)
    decision = Decision()


class Entry(serializers.Serializer):
    """A place in the list; without `candidate` where the person has since withdrawn."""

    withdrawn = serializers.BooleanField()
    sha256 = serializers.CharField(help_text="Of the candidate's canonical JSON")
    candidate = Candidate(required=False)


class Shortlist(serializers.Serializer):
    """A published list. `sha256` is over the canonical header and the entries' hashes, one to a line."""

    header = Header()
    entries = Entry(many=True)
    sha256 = serializers.CharField()


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
