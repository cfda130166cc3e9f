"""Who is asked to rate and why not, and the answers as rows.

The conversation itself is a flow of ivr/ (`survey.yaml`).
"""

from survey.invite import reason_not_to_ask as reason_not_to_ask
from survey.project import SurveyProjection as SurveyProjection
