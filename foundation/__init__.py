"""The ground floor: errors, artefact directories, files and canonical JSON that every room shares."""
