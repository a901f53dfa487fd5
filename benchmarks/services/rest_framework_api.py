"""The mutation in Django REST framework with simplejwt: serializers, a view, and a user who is looked up nowhere."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

from benchmarks.services import invalidations, profiles


class AddressSerializer(serializers.Serializer[Any]):
    street = serializers.CharField(max_length=80)
    city = serializers.CharField(max_length=80)
    postcode = serializers.CharField(min_length=3, max_length=10)
    country = serializers.RegexField("^[A-Z]{2}$")


class ProfileSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=80)
    email = serializers.RegexField(r"^[^@\s]+@[^@\s]+$", max_length=120)
    address = AddressSerializer()
    interests = serializers.ListField(child=serializers.CharField(max_length=80), max_length=10)
    newsletter = serializers.BooleanField()


class UpdateProfileSerializer(serializers.Serializer[Any]):
    user_id = serializers.IntegerField()
    profile = ProfileSerializer()


class UpdateProfile(APIView):
    authentication_classes = (JWTStatelessUserAuthentication,)
    permission_classes = (IsAuthenticated,)

    def post(self, request: Request) -> Response:
        body = UpdateProfileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user_id = body.validated_data["user_id"]
        result = ProfileSerializer(profiles.change_profile(user_id, body.validated_data["profile"]))
        answer = {"result": result.data, "invalidate": invalidations.stale_user(user_id)}
        return Response(answer, headers=invalidations.headers(user_id))
