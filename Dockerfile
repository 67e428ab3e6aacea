# A worker's image, from the wheel: `make image`, or `make wheel` and any builder. No key, policy or data is in it:
# mount them, and give the passphrase by COATCHECK_KEYFILE or by a key service. Prefect stores the pool's settings
# in the clear.
FROM python:3.11-slim-bookworm

COPY requirements-worker.lock dist/coatcheck-*.whl /tmp/coatcheck/
RUN python -m pip install --no-cache-dir --require-hashes -r /tmp/coatcheck/requirements-worker.lock \
 && python -m pip install --no-cache-dir --no-deps --no-index /tmp/coatcheck/coatcheck-*.whl \
 && rm -r /tmp/coatcheck \
 && useradd --create-home --uid 10001 coatcheck

ENV PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1 \
    TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS=
USER coatcheck
WORKDIR /home/coatcheck
CMD ["prefect", "worker", "start", "--pool", "trusted", "--type", "process"]
