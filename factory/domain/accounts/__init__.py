"""Who owns pipelines, pays and is paid: teams, and the people who are their members."""
